import { isCrosspointError } from '../base/errors.ts';
import type { Headers } from '../sip/message/headers.ts';
import { type NameAddr, parseNameAddr } from '../sip/message/name-addr.ts';
import { parseUri } from '../sip/message/uri.ts';
import { type NumberRules, numberOf, type ReadNumber, UNKNOWN_NUMBER } from './number-format.ts';

/** Who calls, as an INVITE says it. */
export interface Caller {
  /** Null when no number is known: a name, an anonymous caller, nothing readable. */
  readonly number: ReadNumber | null;
  /** The user part where it is no number: "alice". */
  readonly user: string | null;
  readonly display: string | null;
  /** The caller asks that others do not see who calls (RFC 3323 §4.2, RFC 3325 §9.3). */
  readonly hidden: boolean;
  /** A peer that we trust says so; else it is what the caller says of itself. */
  readonly asserted: boolean;
}

export const UNKNOWN_CALLER: Caller = { number: null, user: null, display: null, hidden: false, asserted: false };

const MAX_DISPLAY = 64;
const ANONYMOUS_HOST = 'anonymous.invalid';

/**
 * Reads the caller of an INVITE: P-Asserted-Identity (RFC 3325) or Remote-Party-ID where the trunk is trusted, else
 * From. What cannot be read counts as not there.
 */
export function callerOf(headers: Headers, trustAsserted: boolean, rules: NumberRules): Caller {
  const rpid = addressOf(headers.get('Remote-Party-ID'));
  const hidden =
    asksForPrivacy(headers.getAll('Privacy')) || /^(full|uri|id)$/i.test(rpid?.params.get('privacy') ?? '');
  const from = fromAddress(addressOf(headers.get('From')), rules);
  const said = trustAsserted ? (assertedIn(headers, rules) ?? (rpid && identityIn(rpid, rules))) : null;
  if (!said) return { ...UNKNOWN_CALLER, ...from, hidden: hidden || from.hidden };
  // The name beside From is the caller's own when the identity comes without one.
  const display = said.display ?? from.display;
  return { ...said, display, hidden: hidden || from.hidden, asserted: true };
}

type Identity = Pick<Caller, 'number' | 'user' | 'display'>;

/** RFC 3325 §9.1: at most one sip(s) and one tel URI; the one with a number is of more use. */
function assertedIn(headers: Headers, rules: NumberRules): Identity | null {
  const found = headers
    .getAll('P-Asserted-Identity')
    .slice(0, 2)
    .map(addressOf)
    .flatMap(address => (address ? [identityIn(address, rules)] : []))
    .flatMap(identity => (identity ? [identity] : []));
  return found.find(({ number }) => number !== null) ?? found[0] ?? null;
}

function fromAddress(address: NameAddr | null, rules: NumberRules): Identity & { hidden: boolean } {
  const identity = address && identityIn(address, rules);
  if (!identity)
    return { number: null, user: null, display: null, hidden: address !== null && isAnonymous(address.uri) };
  return { ...identity, hidden: false };
}

/** Null when the address says nobody. */
function identityIn({ uri, displayName }: NameAddr, rules: NumberRules): Identity | null {
  if (isAnonymous(uri)) return null;
  const display = displayOf(displayName);
  try {
    const { text, e164 } = numberOf(parseUri(uri), rules);
    if (text === '') return null;
    if (!/^\+?[0-9]+$/.test(text)) return { number: null, user: text, display };
    return { number: text === UNKNOWN_NUMBER ? null : { text, e164 }, user: null, display };
  } catch (error) {
    if (isCrosspointError(error)) return null;
    throw error;
  }
}

/** RFC 3323 §4.1.1.3, and the ways in which gateways write it. */
function isAnonymous(uri: string): boolean {
  return (
    /^sips?:(anonymous|restricted|unavailable|unknown)(@|$)/i.test(uri) ||
    uri.toLowerCase().includes(`@${ANONYMOUS_HOST}`)
  );
}

function displayOf(name: string | null): string | null {
  const plain = (name ?? '').replace(/[\u0000-\u001f\u007f]/g, '').trim();
  return plain === '' ? null : plain.slice(0, MAX_DISPLAY);
}

/**
 * RFC 3323 §4.2. Of a caller who asks for `header` privacy more is hidden than it says: gateways send it for withheld
 * numbers.
 */
function asksForPrivacy(values: readonly string[]): boolean {
  const wishes = values.flatMap(value => value.toLowerCase().split(/[;,\s]+/));
  return !wishes.includes('none') && ['id', 'user', 'header'].some(wish => wishes.includes(wish));
}

function addressOf(value: string | undefined): NameAddr | null {
  if (value === undefined) return null;
  try {
    return parseNameAddr(value);
  } catch (error) {
    if (isCrosspointError(error)) return null;
    throw error;
  }
}
