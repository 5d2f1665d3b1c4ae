import { createHash } from 'node:crypto';

export type DigestAlgorithm = 'SHA-512-256' | 'SHA-512-256-sess' | 'SHA-256' | 'SHA-256-sess' | 'MD5' | 'MD5-sess';

export interface Algorithm {
  /** As registered (RFC 7616 §6.1). */
  readonly name: DigestAlgorithm;
  readonly hash: 'sha512-256' | 'sha256' | 'md5';
  /** The key is made from nonce and cnonce too. */
  readonly session: boolean;
}

/** Strongest first (RFC 8760 §2.4 leaves the choice to local policy; plain before -sess, which more servers get right). */
export const ALGORITHMS: readonly Algorithm[] = [
  { name: 'SHA-512-256', hash: 'sha512-256', session: false },
  { name: 'SHA-512-256-sess', hash: 'sha512-256', session: true },
  { name: 'SHA-256', hash: 'sha256', session: false },
  { name: 'SHA-256-sess', hash: 'sha256', session: true },
  { name: 'MD5', hash: 'md5', session: false },
  { name: 'MD5-sess', hash: 'md5', session: true },
];

/** The algorithm of that name, in any case. */
export function algorithmNamed(name: string): Algorithm | null {
  const wanted = name.toLowerCase();
  return ALGORITHMS.find(each => each.name.toLowerCase() === wanted) ?? null;
}

/** Lower-case hexadecimal; text is hashed as UTF-8. */
export function hashHex({ hash }: Algorithm, data: string | Buffer): string {
  return createHash(hash).update(data).digest('hex');
}
