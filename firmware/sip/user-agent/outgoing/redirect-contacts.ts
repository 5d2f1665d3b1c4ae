import { SipParseError } from '../../message/errors.ts';
import type { Headers } from '../../message/headers.ts';
import { parseNameAddr } from '../../message/name-addr.ts';
import { formatUri, parseUri, type SipUri } from '../../message/uri.ts';

/** Somewhere else to call, as a 3xx names it. */
export interface RedirectContact {
  /** Ready to be a Request-URI: no headers, no `method` (RFC 3261 §19.1.5). */
  readonly uri: string;
  /** 0–1; 1 where none was given. */
  readonly q: number;
}

/** More alternatives than a redirect server has reason to name. */
const MAX_CONTACTS = 8;
const Q_VALUE = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** The contacts of a 3xx, the dearest first, those of one q in their order (RFC 3261 §8.1.3.4); unreadable ones left out. */
export function redirectContacts(headers: Headers): RedirectContact[] {
  const contacts: RedirectContact[] = [];
  for (const value of headers.getAll('Contact')) {
    if (contacts.length >= MAX_CONTACTS) break;
    const contact = readContact(value);
    if (contact) contacts.push(contact);
  }
  return contacts.sort((one, other) => other.q - one.q);
}

function readContact(value: string): RedirectContact | null {
  try {
    const { uri, params } = parseNameAddr(value);
    const q = params.get('q') ?? '1';
    return { uri: formatUri(asRequestUri(parseUri(uri))), q: Q_VALUE.test(q) ? Number(q) : 1 };
  } catch (error) {
    // mailto:, http: and the rest are no telephones.
    if (error instanceof SipParseError) return null;
    throw error;
  }
}

/** A redirect may choose where we call, not what our request says. */
function asRequestUri(uri: SipUri): SipUri {
  const params = new Map(uri.params);
  params.delete('method');
  return { ...uri, params, headers: null };
}

/**
 * RFC 3261 §19.1.6: a number as it is asked of a host, for gateways that know no tel: URI; the number's visual
 * separators are dropped, since the receiver compares user parts letter by letter.
 */
export function numberAt(tel: SipUri, host: SipUri): SipUri {
  const user = (tel.user ?? '').replace(/[().-]/g, '');
  const params = new Map(host.params);
  params.set('user', 'phone');
  return { ...host, user, password: null, params, headers: null };
}
