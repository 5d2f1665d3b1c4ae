import { isToken } from '../message/chars.ts';
import { SipParseError } from '../message/errors.ts';
import { splitList } from '../message/list-values.ts';
import { unquote } from '../message/params.ts';

/** A WWW-Authenticate or Proxy-Authenticate of the Digest scheme (RFC 7616 §3.3). */
export interface Challenge {
  realm: string;
  nonce: string;
  opaque: string | null;
  /** As sent; MD5 when there was none. */
  algorithm: string;
  /** Lower case; empty for a server of RFC 2069, which knows no qop. */
  qop: readonly string[];
  /** The credentials were right, only the nonce was old: worth another try with the new one. */
  stale: boolean;
}

const MAX_LENGTH = 4096;
const DIGEST = /^digest[ \t]+/i;

/**
 * Reads one challenge; null when it is of another scheme (Basic, Bearer).
 * @throws SipParseError
 */
export function parseChallenge(value: string): Challenge | null {
  if (value.length > MAX_LENGTH) throw new SipParseError(`a challenge is longer than ${MAX_LENGTH} characters`);
  const scheme = DIGEST.exec(value);
  if (!scheme) return null;
  const params = new Map<string, string>();
  for (const element of splitList(value.slice(scheme[0].length))) {
    const equals = element.indexOf('=');
    const name = element.slice(0, Math.max(0, equals)).trim().toLowerCase();
    if (!isToken(name)) throw new SipParseError('a challenge is not made of name=value pairs');
    if (params.has(name)) throw new SipParseError(`${name} stands twice in a challenge`);
    params.set(name, unquote(element.slice(equals + 1).trim()));
  }
  const realm = params.get('realm');
  const nonce = params.get('nonce');
  if (realm === undefined || nonce === undefined) throw new SipParseError('a challenge needs a realm and a nonce');
  const qop = (params.get('qop') ?? '').toLowerCase().split(',');
  return {
    realm,
    nonce,
    opaque: params.get('opaque') ?? null,
    algorithm: params.get('algorithm') ?? 'MD5',
    qop: qop.map(each => each.trim()).filter(each => each !== ''),
    stale: params.get('stale')?.toLowerCase() === 'true',
  };
}
