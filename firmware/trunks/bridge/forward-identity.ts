import type { IdentityConfig } from '../../config/identity-schema.ts';
import type { Headers } from '../../sip/message/headers.ts';
import type { Caller } from '../caller.ts';
import type { HeaderLines } from '../header-lines.ts';
import { passHeaders } from '../header-pass.ts';
import { outgoingIdentity } from '../identity.ts';
import type { NumberRules, ReadNumber } from '../number-format.ts';
import type { TrunkPort } from '../trunk-port.ts';

/** Towards peers that are no trunk: the caller's number, and nothing asserted. */
const PLAIN: IdentityConfig = {
  asserted: 'none',
  trustIncoming: false,
  privacy: 'honour',
  diversion: 'drop',
  alphanumeric: false,
};
const PLAIN_RULES: NumberRules = { trunkPrefix: '', international: '00' };

/** Who calls, and what of the caller's INVITE goes on. */
export interface ForwardedCaller {
  readonly caller: Caller;
  /** Of the INVITE or REFER that the call comes from. */
  readonly headers: Headers;
  /** What its trunk passes on. */
  readonly pass: readonly string[];
  /** The number that was called here. */
  readonly called: ReadNumber;
}

export interface ForwardIdentity {
  readonly from: { readonly displayName?: string; readonly uri: string };
  readonly headers: HeaderLines;
  /** Names of headers for which there was no room. */
  readonly dropped: readonly string[];
}

/**
 * From and the headers of an INVITE that carries a call on to a trunk, or to a peer that is none.
 * @param diverts the call goes to another number than was called
 */
export function forwardIdentity(
  { caller, headers, pass, called }: ForwardedCaller,
  trunk: TrunkPort | null,
  domain: string,
  diverts: boolean,
): ForwardIdentity {
  const policy = trunk?.config.identity ?? PLAIN;
  const { from, headers: identity } = outgoingIdentity(caller, {
    policy,
    domain: trunk?.domain ?? domain,
    style: trunk?.config.numbers.out ?? 'e164',
    rules: trunk?.config.numbers.in ?? PLAIN_RULES,
    ...(diverts && { divertedFrom: called }),
  });
  const { headers: passed, dropped } = passHeaders(headers, { pass, diversion: policy.diversion });
  const { displayName, uri } = from;
  return { from: { uri, ...(displayName !== null && { displayName }) }, headers: [...identity, ...passed], dropped };
}

/** RFC 3261 §16.6: one hop less. A caller that does not say leaves us all of them. */
export function hopsLeft(headers: Headers): number {
  const said = /^\s*(\d{1,3})\s*$/.exec(headers.get('Max-Forwards') ?? '')?.[1];
  return said === undefined ? 70 : Math.max(0, Math.min(Number(said), 255) - 1);
}
