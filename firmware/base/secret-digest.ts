import { createHash, timingSafeEqual } from 'node:crypto';

/** What is kept of a secret to compare it with: digests are of one length, whatever the secrets are. */
export function secretDigest(secret: string | Buffer): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Nothing is learnt from the time that it takes. @param expected a `secretDigest` */
export function isSecret(given: string | Buffer, expected: Buffer): boolean {
  return timingSafeEqual(secretDigest(given), expected);
}
