import type { SipRequest } from '../message/message.ts';
import { quote } from '../message/params.ts';
import { type Algorithm, hashHex } from './algorithms.ts';
import type { DigestTerms, Qop } from './choose-challenge.ts';
import type { Credentials } from './credentials.ts';

/** The part of a request that credentials are made for. The URI is the Request-URI, letter by letter. */
export type SignedPart = Pick<SipRequest, 'method' | 'uri' | 'body'>;

/** How one nonce has been used. */
export interface NonceUse {
  readonly nonce: string;
  /** How many requests have used this nonce, this one included: from 1, as eight hexadecimal digits. */
  readonly nc: string;
  readonly cnonce: string;
  readonly qop: Qop | null;
}

export function nonceCount(uses: number): string {
  return uses.toString(16).padStart(8, '0');
}

/** A1 of the plain algorithms, hashed: all that a server has to know of a password (RFC 7616 §3.4.2). */
export function passwordHash(algorithm: Algorithm, { username, password }: Credentials, realm: string): string {
  return hashHex(algorithm, `${username}:${realm}:${password}`);
}

/** `response=` of the credentials, the same for who makes and who checks them (RFC 7616 §3.4.1, RFC 2069 without qop). */
export function digestResponse(algorithm: Algorithm, secret: string, use: NonceUse, signed: SignedPart): string {
  const { nonce, nc, cnonce, qop } = use;
  const { method, uri, body } = signed;
  const a1 = algorithm.session ? hashHex(algorithm, `${secret}:${nonce}:${cnonce}`) : secret;
  const a2 = hashHex(
    algorithm,
    qop === 'auth-int' ? `${method}:${uri}:${hashHex(algorithm, body)}` : `${method}:${uri}`,
  );
  return hashHex(algorithm, qop ? `${a1}:${nonce}:${nc}:${cnonce}:${qop}:${a2}` : `${a1}:${nonce}:${a2}`);
}

/**
 * The value of an Authorization or Proxy-Authorization header. A name beyond ASCII goes out as UTF-8 in its quotes, as
 * RFC 3261 §25.1 lets it, and not as `username*`, which SIP servers do not know. `canBeSent` must hold for it.
 */
export function authorizationValue(
  { challenge, algorithm, qop }: DigestTerms,
  { username }: Pick<Credentials, 'username'>,
  secret: string,
  use: NonceUse,
  signed: SignedPart,
): string {
  const { realm, opaque, userhash } = challenge;
  const shownName = userhash ? hashHex(algorithm, `${username}:${realm}`) : username;
  const fields = [
    `username=${quote(shownName)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(use.nonce)}`,
    `uri=${quote(signed.uri)}`,
    `response="${digestResponse(algorithm, secret, use, signed)}"`,
    `algorithm=${challenge.algorithm}`,
  ];
  if (qop) fields.push(`qop=${qop}`, `nc=${use.nc}`);
  // Without qop a -sess server still needs the cnonce that A1 was made with.
  if (qop || algorithm.session) fields.push(`cnonce=${quote(use.cnonce)}`);
  if (opaque !== null) fields.push(`opaque=${quote(opaque)}`);
  if (userhash) fields.push('userhash=true');
  return `Digest ${fields.join(', ')}`;
}
