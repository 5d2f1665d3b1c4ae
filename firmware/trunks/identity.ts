import type { IdentityConfig } from '../config/identity-schema.ts';
import { formatHostPort } from '../sip/message/host-port.ts';
import { formatNameAddr } from '../sip/message/name-addr.ts';
import type { Params } from '../sip/message/params.ts';
import type { Caller } from './caller.ts';
import {
  type NumberRules,
  type NumberStyle,
  type ReadNumber,
  readNumber,
  UNKNOWN_NUMBER,
  writeNumber,
} from './number-format.ts';

export interface IdentityContext {
  readonly policy: IdentityConfig;
  /** Host part where the policy names none: our address as this trunk sees it. */
  readonly domain: string;
  readonly style: NumberStyle;
  readonly rules: NumberRules;
  /** The number that was called here, when the call is forwarded to another one. */
  readonly divertedFrom?: ReadNumber | undefined;
}

/** How a call out says who calls. */
export interface OutgoingIdentity {
  readonly from: { readonly displayName: string | null; readonly uri: string };
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** RFC 3261 §25.1 user: unreserved and user-unreserved, no escapes needed. */
const PLAIN_USER = /^[A-Za-z0-9\-_.!~*'()&=+$,;?/]{1,64}$/;
const NO_PARAMS: Params = new Map();

/**
 * What we tell a trunk of the caller. A trunk that gets asserted identities is one that we trust (RFC 3325 §7): it
 * sees the number of a caller who is hidden, and is told to hide it. Others see "Anonymous".
 */
export function outgoingIdentity(caller: Caller, context: IdentityContext): OutgoingIdentity {
  const { policy } = context;
  const hidden = caller.hidden && policy.privacy === 'honour';
  const host = formatHostPort(policy.domain ?? context.domain, null);
  const user = presentedUser(caller, context);
  const uri = `sip:${user}@${host}`;
  const displayName = policy.display ?? caller.display;
  const headers: [string, string][] = [];
  // RFC 3325 §5: what is asserted must be known; the stand-in for "no number" is not.
  if (user !== UNKNOWN_NUMBER)
    headers.push(...assertedHeaders(policy.asserted, uri, displayName, hidden, caller.asserted));
  if (hidden) headers.push(['Privacy', 'id']);
  headers.push(...diversionHeaders(context, host));
  return { from: hidden ? anonymous() : { displayName, uri }, headers };
}

/** RFC 3323 §4.1.1.3 */
function anonymous(): OutgoingIdentity['from'] {
  return { displayName: 'Anonymous', uri: 'sip:anonymous@anonymous.invalid' };
}

function presentedUser({ number, user }: Caller, { policy, style, rules }: IdentityContext): string {
  if (number !== null && number.e164 !== null) return writeNumber(number, style, rules);
  if (policy.alphanumeric && user !== null && PLAIN_USER.test(user)) return user;
  // An extension means nothing outside, so the line's own number goes before it.
  if (policy.number !== undefined) return writeNumber(readNumber(policy.number, rules), style, rules);
  return number?.text ?? UNKNOWN_NUMBER;
}

function assertedHeaders(
  asserted: IdentityConfig['asserted'],
  uri: string,
  displayName: string | null,
  hidden: boolean,
  screened: boolean,
): [string, string][] {
  const headers: [string, string][] = [];
  if (asserted === 'pai' || asserted === 'both')
    headers.push(['P-Asserted-Identity', formatNameAddr({ displayName, uri, params: NO_PARAMS })]);
  if (asserted === 'rpid' || asserted === 'both') {
    // draft-ietf-sip-privacy-04 §5
    const params: Params = new Map([
      ['party', 'calling'],
      ['screen', screened ? 'yes' : 'no'],
      ['privacy', hidden ? 'full' : 'off'],
    ]);
    headers.push(['Remote-Party-ID', formatNameAddr({ displayName, uri, params })]);
  }
  return headers;
}

/** RFC 5806 §4: who diverts says so before those that diverted earlier. */
function diversionHeaders({ policy, divertedFrom, style, rules }: IdentityContext, host: string): [string, string][] {
  if (policy.diversion !== 'pass' || divertedFrom === undefined) return [];
  const user = writeNumber(divertedFrom, style, rules);
  if (!PLAIN_USER.test(user)) return [];
  const params: Params = new Map([
    ['reason', 'unconditional'],
    ['counter', '1'],
  ]);
  return [['Diversion', formatNameAddr({ displayName: null, uri: `sip:${user}@${host}`, params })]];
}
