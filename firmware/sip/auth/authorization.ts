import { SipParseError } from '../message/errors.ts';
import { type Algorithm, algorithmNamed } from './algorithms.ts';
import { parseAuthParams } from './auth-params.ts';
import type { Qop } from './choose-challenge.ts';
import type { NonceUse } from './digest.ts';
import { unescapeExtended } from './extended-value.ts';

/** An Authorization or Proxy-Authorization of the Digest scheme (RFC 7616 §3.4). */
export interface Authorization {
  readonly username: string;
  /** The name is a hash of name and realm (§3.4.4). */
  readonly userhash: boolean;
  readonly realm: string;
  /** Null: one that we do not know. */
  readonly algorithm: Algorithm | null;
  /** As the client wrote it, which is what it hashed. */
  readonly uri: string;
  /** Lower case. */
  readonly response: string;
  readonly use: NonceUse;
}

const DIGEST = /^digest[ \t]+/i;
const NC = /^[0-9a-f]{1,8}$/i;

/**
 * Reads credentials; null when they are of another scheme.
 * @throws SipParseError
 */
export function parseAuthorization(value: string): Authorization | null {
  const scheme = DIGEST.exec(value);
  if (!scheme) return null;
  const params = parseAuthParams(value.slice(scheme[0].length), 'an Authorization');
  const need = (name: string): string => {
    const found = params.get(name);
    if (found === undefined) throw new SipParseError(`an Authorization needs ${name}`);
    return found;
  };
  const extended = params.get('username*');
  const qop = qopOf(params.get('qop'));
  const nc = qop === null ? '00000001' : need('nc');
  if (!NC.test(nc)) throw new SipParseError('the nc of an Authorization is no hexadecimal number');
  return {
    username: extended === undefined ? need('username') : unescapeExtended(extended),
    userhash: params.get('userhash')?.toLowerCase() === 'true',
    realm: need('realm'),
    algorithm: algorithmNamed(params.get('algorithm') ?? 'MD5'),
    uri: need('uri'),
    response: need('response').toLowerCase(),
    use: { nonce: need('nonce'), nc, cnonce: (qop === null ? params.get('cnonce') : need('cnonce')) ?? '', qop },
  };
}

/** Some phones quote it, and some write it in capitals. */
function qopOf(text: string | undefined): Qop | null {
  if (text === undefined) return null;
  const qop = text.toLowerCase();
  if (qop !== 'auth' && qop !== 'auth-int') throw new SipParseError('the qop of an Authorization is not one of ours');
  return qop;
}
