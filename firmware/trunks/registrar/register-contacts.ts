import { SipParseError } from '../../sip/message/errors.ts';
import type { Headers } from '../../sip/message/headers.ts';
import { parseNameAddr } from '../../sip/message/name-addr.ts';
import { formatUri, parseUri, type SipUri } from '../../sip/message/uri.ts';

/** What a REGISTER asks for one Contact. */
export interface WantedContact {
  readonly uri: SipUri;
  /** The same as text: one binding for each. */
  readonly key: string;
  /** Seconds; 0: remove it. */
  readonly expiresS: number;
}

export type RegisterWish =
  /** No Contact: only asks what there is (RFC 3261 §10.2.3). */
  | { readonly kind: 'query' }
  | { readonly kind: 'remove-all' }
  | { readonly kind: 'update'; readonly contacts: readonly WantedContact[] }
  /** 423 with Min-Expires. */
  | { readonly kind: 'too-brief' };

export const MIN_EXPIRES_S = 60;
export const MAX_EXPIRES_S = 3_600;
/** More than one peer has; the rest would only be refused one by one. */
export const MAX_CONTACTS = 8;

/**
 * Reads what a REGISTER wants (RFC 3261 §10.3 steps 6 and 7). Longer times than an hour are cut to it.
 * @throws SipParseError 400 for contacts that make no sense
 */
export function registerWish(headers: Headers): RegisterWish {
  const values = headers.getAll('Contact');
  if (values.length === 0) return { kind: 'query' };
  const general = secondsOf(headers.get('Expires'));
  if (values.some(value => value.trim() === '*')) {
    if (values.length > 1 || general !== 0) throw new SipParseError('Contact: * goes alone, with Expires: 0');
    return { kind: 'remove-all' };
  }
  if (values.length > MAX_CONTACTS) throw new SipParseError(`more than ${MAX_CONTACTS} contacts`);
  const contacts = values.map(value => contactIn(value, general));
  const brief = contacts.some(({ expiresS }) => expiresS > 0 && expiresS < MIN_EXPIRES_S);
  return brief ? { kind: 'too-brief' } : { kind: 'update', contacts };
}

function contactIn(value: string, general: number | null): WantedContact {
  const { uri: text, params } = parseNameAddr(value);
  const uri = { ...parseUri(text), headers: null };
  if (uri.scheme === 'tel') throw new SipParseError('a Contact must be a sip: or sips: URI');
  const expiresS = secondsOf(params.get('expires') ?? undefined) ?? general ?? MAX_EXPIRES_S;
  return { uri, key: formatUri(uri), expiresS: Math.min(expiresS, MAX_EXPIRES_S) };
}

/** Null: not said. What is no number counts as an hour (RFC 3261 §10.3 step 7, §20.19). */
function secondsOf(value: string | undefined): number | null {
  if (value === undefined) return null;
  return /^[0-9]{1,10}$/.test(value.trim()) ? Number(value) : MAX_EXPIRES_S;
}
