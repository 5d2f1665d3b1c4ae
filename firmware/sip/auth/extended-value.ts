import { SipParseError } from '../message/errors.ts';

const EXTENDED = /^utf-8'[a-z0-9-]*'((?:%[0-9a-f]{2}|[!#$&+.^_`|~a-z0-9-])*)$/i;

/**
 * The text of `UTF-8''J%C3%A4s%C3%B8n` (RFC 8187 §3.2).
 * @throws SipParseError
 */
export function unescapeExtended(value: string): string {
  const [, escaped] = EXTENDED.exec(value) ?? [];
  if (escaped === undefined) throw new SipParseError("an extended value does not read UTF-8''text");
  try {
    return decodeURIComponent(escaped);
  } catch {
    throw new SipParseError('an extended value is not UTF-8');
  }
}
