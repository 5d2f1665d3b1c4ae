import { isToken } from './chars.ts';
import { SipParseError } from './errors.ts';
import { closingQuote } from './list-values.ts';

/** Parameters behind ";": names in lower case, values unquoted, null where there is a name alone. */
export type Params = Map<string, string | null>;

/** What may stand as a value without quotes: a token or a host, IPv6 references among them (RFC 3261 §25.1 gen-value). */
const BARE_VALUE = /^[A-Za-z0-9\-.!%*_+`'~[\]:]+$/;

/** More than any header carries; a bound for hostile ones. */
const MAX_PARAMS = 64;

/**
 * Reads `;name=value` pairs from `start` to the end of the text; blanks around ";" and "=" are allowed.
 * The first of two parameters of one name wins.
 * @throws SipParseError
 */
export function parseParams(text: string, start: number): Params {
  const params: Params = new Map();
  let at = start;
  while (at < text.length) {
    if (text.charCodeAt(at) !== 59) throw new SipParseError('parameters must be parted by ";"');
    const end = endOfParam(text, at + 1);
    readParam(text.slice(at + 1, end), params);
    at = end;
  }
  return params;
}

function endOfParam(text: string, start: number): number {
  const semicolon = text.indexOf(';', start);
  const quote = text.indexOf('"', start);
  if (quote < 0 || (semicolon >= 0 && semicolon < quote)) return semicolon < 0 ? text.length : semicolon;
  const close = closingQuote(text, quote);
  if (close < 0) throw new SipParseError('a quoted string does not end');
  const next = text.indexOf(';', close);
  return next < 0 ? text.length : next;
}

function readParam(text: string, params: Params): void {
  const equals = text.indexOf('=');
  const name = (equals < 0 ? text : text.slice(0, equals)).trim().toLowerCase();
  // ";;" and a ";" at the end: seen from real peers, and harmless.
  if (name === '' && equals < 0) return;
  if (!isToken(name)) throw new SipParseError('a parameter name is not a token');
  if (params.size >= MAX_PARAMS) throw new SipParseError(`more than ${MAX_PARAMS} parameters`);
  if (!params.has(name)) params.set(name, equals < 0 ? null : readValue(text.slice(equals + 1).trim()));
}

function readValue(value: string): string {
  if (!value.startsWith('"')) {
    if (value.includes('"')) throw new SipParseError('a quote stands inside a parameter value');
    return value;
  }
  if (closingQuote(value, 0) !== value.length - 1) throw new SipParseError('text follows a quoted parameter value');
  return unquote(value);
}

/** The content of a quoted string, `\x` read as `x`; the text itself when it is not quoted. */
export function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"')) return text;
  const inner = text.slice(1, -1);
  return inner.includes('\\') ? inner.replace(/\\([\s\S])/g, '$1') : inner;
}

export function quote(text: string): string {
  return `"${text.replace(/["\\\0]/g, '\\$&')}"`;
}

/** `;name=value…`, values quoted where they must be. */
export function formatParams(params: ReadonlyMap<string, string | null>): string {
  let text = '';
  for (const [name, value] of params) {
    if (value === null) text += `;${name}`;
    else text += `;${name}=${BARE_VALUE.test(value) ? value : quote(value)}`;
  }
  return text;
}
