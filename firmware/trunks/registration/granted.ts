import { isCrosspointError } from '../../base/errors.ts';
import type { Headers } from '../../sip/message/headers.ts';
import { parseNameAddr } from '../../sip/message/name-addr.ts';
import { parseUri, type SipUri } from '../../sip/message/uri.ts';

interface Binding {
  readonly uri: SipUri;
  /** Null: not said beside the Contact. */
  readonly expiresS: number | null;
}

/** A response with more contacts than this is no answer to a trunk. */
const MAX_CONTACTS = 64;
/** RFC 3261 §20.19: a number below 2³². */
const SECONDS = /^[0-9]{1,10}$/;

/**
 * For how long a registrar keeps our Contact (RFC 3261 §10.2.4): what stands beside it, else the Expires header, else
 * what was asked for. Registrars that see us through a NAT write another host there: then the user must do, or that it
 * is the only one. Contacts of others say nothing of ours.
 *
 * @returns seconds; 0 when it does not keep ours
 */
export function grantedSeconds(headers: Headers, ours: SipUri, askedS: number): number {
  const bindings = headers.getAll('Contact').slice(0, MAX_CONTACTS).flatMap(readBinding);
  const general = secondsIn(headers.get('Expires')) ?? askedS;
  if (bindings.length === 0) return general;
  const sameUser = bindings.filter(({ uri }) => uri.user === ours.user);
  const same = sameUser.find(({ uri }) => uri.host === ours.host && uri.port === ours.port);
  const mine = same ?? sameUser[0] ?? (bindings.length === 1 ? bindings[0] : undefined);
  return mine === undefined ? 0 : (mine.expiresS ?? general);
}

/** Whether a registrar tells contacts, and none of them is exactly ours: it may know us by an address of yesterday. */
export function knowsAnother(headers: Headers, ours: SipUri): boolean {
  const bindings = headers.getAll('Contact').slice(0, MAX_CONTACTS).flatMap(readBinding);
  return bindings.length > 0 && !bindings.some(({ uri }) => uri.host === ours.host && uri.port === ours.port);
}

/** Seconds in a header such as Expires, Min-Expires or Retry-After; null when there are none. */
export function secondsIn(value: string | undefined): number | null {
  const text = value?.trim().split(/[\s;(]/, 1)[0] ?? '';
  return SECONDS.test(text) ? Number(text) : null;
}

function readBinding(value: string): Binding[] {
  try {
    const { uri, params } = parseNameAddr(value);
    return [{ uri: parseUri(uri), expiresS: secondsIn(params.get('expires') ?? undefined) }];
  } catch (error) {
    if (isCrosspointError(error)) return [];
    throw error;
  }
}
