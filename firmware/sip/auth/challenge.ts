import { SipParseError } from '../message/errors.ts';
import { splitList } from '../message/list-values.ts';
import { MAX_AUTH_LENGTH, parseAuthParams } from './auth-params.ts';

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
  /** The server takes the user name hashed (RFC 7616 §3.4.4). */
  userhash: boolean;
}

const DIGEST = /^digest[ \t]+/i;
/** A scheme before its first parameter, or a scheme alone (Negotiate): where a challenge begins within a list. */
const BEGINS = /^[^\s="]+(?:[ \t]+[^\s="]+[ \t]*=|$)/;

/**
 * The challenges of one header value: a comma parts both parameters and challenges (RFC 9110 §11.6.1), and some
 * servers put several into one line.
 * @throws SipParseError
 */
export function splitChallenges(value: string): string[] {
  if (value.length > MAX_AUTH_LENGTH)
    throw new SipParseError(`a challenge is longer than ${MAX_AUTH_LENGTH} characters`);
  const challenges: string[][] = [];
  for (const element of splitList(value)) {
    const current = challenges.at(-1);
    if (current && !BEGINS.test(element)) current.push(element);
    else challenges.push([element]);
  }
  return challenges.map(elements => elements.join(', '));
}

/**
 * Reads one challenge; null when it is of another scheme (Basic, Bearer).
 * @throws SipParseError
 */
export function parseChallenge(value: string): Challenge | null {
  const scheme = DIGEST.exec(value);
  if (!scheme) return null;
  const params = parseAuthParams(value.slice(scheme[0].length), 'a challenge');
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
    userhash: params.get('userhash')?.toLowerCase() === 'true',
  };
}
