import type { SideTerms } from '../../calls/side-terms.ts';
import { formatUri, type SipUri } from '../../sip/message/uri.ts';
import type { CallDestination } from '../calling-policy.ts';
import type { ForwardTarget } from '../forward-target.ts';
import { type ReadNumber, readNumber, writeNumber } from '../number-format.ts';
import { isNumberLike } from '../policy/destination.ts';
import { termsFor } from '../side-terms-of.ts';
import type { TrunkPort, TrunksPort, TrunkTarget } from '../trunk-port.ts';
import { acrossTerms } from './across-terms.ts';

/** One place that a call is tried at. */
export interface ForwardTry {
  readonly target: SipUri;
  readonly requestUri: string;
  readonly timeoutMs: number;
  readonly terms: SideTerms;
  /** To be told when nobody is there; null of an address that is no target of the trunk. */
  readonly trunkTarget: TrunkTarget | null;
}

/** An entry of a forward list: the policy is asked once for all of its tries. */
export interface ForwardEntry {
  /** Null for an address of no trunk. */
  readonly trunk: TrunkPort | null;
  /** What is called there, as the policy sees it. */
  readonly destination: CallDestination;
  /** The entry calls another number than the one that was called here. */
  readonly diverts: boolean;
  /** Empty when the peer is not registered. */
  readonly tries: readonly ForwardTry[];
}

export interface ForwardParts {
  readonly trunks: Pick<TrunksPort, 'byName' | 'forTarget'>;
  /** For peers that are no trunk. */
  readonly terms: SideTerms;
}

/** A forward list with the targets of its trunks put in, in the order to try. */
export function forwardEntries(
  targets: readonly ForwardTarget[],
  called: ReadNumber,
  { trunks, terms }: ForwardParts,
): ForwardEntry[] {
  return targets.flatMap(target => {
    switch (target.kind) {
      case 'uri':
        return [addressEntry(target, called, trunks.forTarget(target.uri), terms)];
      case 'trunk': {
        const trunk = trunks.byName(target.trunk);
        return trunk ? [trunkEntry(target, called, trunk)] : [];
      }
      case 'registered':
        // Means something among a trunk's own targets alone; the configuration allows it nowhere else.
        return [];
      default:
        return target satisfies never;
    }
  });
}

function addressEntry(
  { uri, timeoutMs, media }: Extract<ForwardTarget, { kind: 'uri' }>,
  called: ReadNumber,
  trunk: TrunkPort | null,
  general: SideTerms,
): ForwardEntry {
  const user = uri.user ?? written(called, trunk);
  const terms = termsFor(trunk ? acrossTerms(trunk) : general, media, false);
  const number = uri.user === null ? called : readAt(uri.user, trunk);
  return {
    trunk,
    destination: { number: isNumberLike(number) ? number : null, domain: trunk ? null : uri.host },
    diverts: uri.user !== null && !isSame(number, called),
    tries: [{ target: uri, requestUri: formatUri({ ...uri, user }), timeoutMs, terms, trunkTarget: null }],
  };
}

function trunkEntry(
  target: Extract<ForwardTarget, { kind: 'trunk' }>,
  called: ReadNumber,
  trunk: TrunkPort,
): ForwardEntry {
  const number = target.number === null ? called : readAt(target.number, trunk);
  const user = written(number, trunk);
  const terms = acrossTerms(trunk);
  return {
    trunk,
    destination: { number, domain: null },
    diverts: !isSame(number, called),
    tries: trunk.orderedTargets().map(trunkTarget => ({
      target: trunkTarget.uri,
      requestUri: formatUri({ ...trunkTarget.requestUri, user, headers: null }),
      timeoutMs: target.timeoutMs ?? trunkTarget.timeoutMs,
      terms: termsFor(terms, target.media ?? trunkTarget.media, false),
      trunkTarget,
    })),
  };
}

function readAt(user: string, trunk: TrunkPort | null): ReadNumber {
  return readNumber(user, trunk?.config.numbers.in ?? PLAIN_RULES);
}

function written(number: ReadNumber, trunk: TrunkPort | null): string {
  if (!trunk) return number.e164 ?? number.text;
  return writeNumber(number, trunk.config.numbers.out, trunk.config.numbers.in);
}

function isSame(one: ReadNumber, other: ReadNumber): boolean {
  return one.e164 === null ? one.text === other.text : one.e164 === other.e164;
}

const PLAIN_RULES = { trunkPrefix: '', international: '00' };
