import { X509Certificate } from 'node:crypto';

/** SHA-256 of a certificate in PEM, in pairs of digits as browsers and systems show it. */
export function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}
