import { isToken } from '../message/chars.ts';
import { SipParseError } from '../message/errors.ts';
import { splitList } from '../message/list-values.ts';
import { unquote } from '../message/params.ts';

/** A challenge or a set of credentials is a few hundred characters. */
export const MAX_AUTH_LENGTH = 4096;

/**
 * The `name=value, …` of an authentication header, names in lower case, values unquoted.
 * @throws SipParseError with `what` in its sentence
 */
export function parseAuthParams(text: string, what: string): Map<string, string> {
  if (text.length > MAX_AUTH_LENGTH) throw new SipParseError(`${what} is longer than ${MAX_AUTH_LENGTH} characters`);
  const params = new Map<string, string>();
  for (const element of splitList(text)) {
    const equals = element.indexOf('=');
    const name = element.slice(0, Math.max(0, equals)).trim().toLowerCase();
    if (!isToken(name)) throw new SipParseError(`${what} is not made of name=value pairs`);
    if (params.has(name)) throw new SipParseError(`${name} stands twice in ${what}`);
    params.set(name, unquote(element.slice(equals + 1).trim()));
  }
  return params;
}
