import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { CrosspointError, messageOf } from '../../base/errors.ts';

/** What a TLS listener shows of itself. */
export interface TlsIdentity {
  /** PEM. */
  readonly key: string;
  /** PEM: the certificate, then those that lead to its authority. */
  readonly cert: string;
  /** PEM: with it, clients must show a certificate that one of these authorities signed. */
  readonly clientCa?: string;
}

/** How a connection that we open to a certain name is secured. */
export interface TlsClient {
  /** PEM: authorities to trust in place of the system's. */
  readonly ca?: string;
  /** PEM: the certificate to show, and its key, where the far end wants one. */
  readonly key?: string;
  readonly cert?: string;
  /** Base64 SHA-256 of the public key (SPKI) that the far end must hold: one of these, whoever signed it. */
  readonly pins?: readonly string[];
  /** False: any certificate will do, save for the pins. */
  readonly verify: boolean;
}

export const VERIFIED: TlsClient = { verify: true };

/** RFC 8996: TLS 1.0 and 1.1 are not spoken any more. */
export const MIN_TLS = 'TLSv1.2';

/** @throws CrosspointError sip.bad-certificate: the key or a certificate cannot be read, or they do not belong together */
export function contextOf({ key, cert, clientCa }: TlsIdentity): SecureContextOptions {
  const options = { key, cert, ...(clientCa === undefined ? {} : { ca: clientCa }), minVersion: MIN_TLS } as const;
  try {
    // OpenSSL takes an empty text for none at all, and would refuse every client later.
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
      throw new Error('they do not belong together');
    createSecureContext(options);
  } catch (cause) {
    const message = `the TLS key and certificate cannot be used: ${messageOf(cause)}`;
    throw new CrosspointError('sip.bad-certificate', message, { cause });
  }
  return options;
}
