import { CrosspointError } from '../../base/errors.ts';
import { isToken } from './chars.ts';
import { SipParseError } from './errors.ts';
import { closingQuote } from './list-values.ts';
import { formatParams, type Params, parseParams, quote, unquote } from './params.ts';

/** From, To, Contact, Route and their like (RFC 3261 §20.10). */
export interface NameAddr {
  /** Unquoted. */
  displayName: string | null;
  /** Text, for `parseUri`; "*" of a Contact that removes all bindings. */
  uri: string;
  /** Of the header, not of the URI. */
  params: Params;
}

/**
 * Reads one element of such a header.
 * @throws SipParseError
 */
export function parseNameAddr(value: string): NameAddr {
  const quoteEnd = value.startsWith('"') ? closingQuote(value, 0) : -1;
  if (value.startsWith('"') && quoteEnd < 0) throw new SipParseError('a quoted string does not end');
  const open = value.indexOf('<', quoteEnd + 1);
  if (open < 0) return parseAddrSpec(value);
  const close = value.indexOf('>', open);
  if (close < 0) throw new SipParseError('a "<" is not closed');
  const display = value.slice(0, open).trim();
  const uri = value.slice(open + 1, close).trim();
  if (uri === '') throw new SipParseError('an address is empty');
  if (/[\s<]/.test(uri)) throw new SipParseError('an address holds blanks or a second "<"');
  return { displayName: readDisplayName(display, quoteEnd), uri, params: paramsFrom(value, close + 1) };
}

/** Without <…> whatever follows ";" belongs to the header, not to the URI (RFC 3261 §20). */
function parseAddrSpec(value: string): NameAddr {
  const semicolon = value.indexOf(';');
  const uri = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
  if (uri === '' || /[\s"<>]/.test(uri)) throw new SipParseError('an address is neither a URI nor <URI>');
  return { displayName: null, uri, params: semicolon < 0 ? new Map() : paramsFrom(value, semicolon) };
}

function paramsFrom(value: string, start: number): Params {
  let at = start;
  while (value.charCodeAt(at) === 32 || value.charCodeAt(at) === 9) at++;
  return parseParams(value, at);
}

function readDisplayName(display: string, quoteEnd: number): string | null {
  if (display === '') return null;
  if (quoteEnd < 0) {
    // Unquoted names with "," or "." are no tokens, but phones send them and the meaning is plain.
    if (display.includes('"')) throw new SipParseError('a quote stands inside a display name');
    return display;
  }
  if (quoteEnd !== display.length - 1) throw new SipParseError('text follows a quoted display name');
  return unquote(display);
}

/**
 * `"Name" <uri>;params`; always with <…>, so that the URI's parameters stay its own.
 * @throws CrosspointError sip.bad-uri when the URI could leave its brackets
 */
export function formatNameAddr(address: NameAddr): string {
  const { displayName, uri, params } = address;
  if (uri === '*') return '*';
  if (/[\s<>]/.test(uri)) throw new CrosspointError('sip.bad-uri', 'a URI must not contain blanks, "<" or ">"');
  const display = displayName === null ? '' : `${isToken(displayName) ? displayName : quote(displayName)} `;
  return `${display}<${uri}>${formatParams(params)}`;
}

/**
 * The tag of a From or To; null when there is none (a To outside of dialogs).
 * @throws SipParseError
 */
export function tagOf(value: string): string | null {
  return parseNameAddr(value).params.get('tag') ?? null;
}

/** A To or From with our tag behind it; the rest stays letter by letter as it was (RFC 3261 §8.2.6.2). */
export function withTag(value: string, tag: string): string {
  if (!isToken(tag)) throw new CrosspointError('sip.bad-tag', 'a tag must be a token');
  // Without <…> the parameter would still be the header's.
  return `${value};tag=${tag}`;
}
