import type { ProjectId } from '../base/ids.ts';
import type { SideTerms } from '../calls/side-terms.ts';
import type { TrunkConfig } from '../config/trunk-schema.ts';
import type { SipUri } from '../sip/message/uri.ts';
import type { Source } from '../sip/transport/hop.ts';
import type { CallDestination } from './calling-policy.ts';
import type { MediaSecurity } from './forward-target.ts';

/** What incoming calls and bridges need of the trunks; `Trunk` and `Trunks` are it. */

/** One place where a trunk's calls go. Of a trunk that has "registered", one for each contact of the peer. */
export interface TrunkTarget {
  /** Next hop, `transport` among its parameters. */
  readonly uri: SipUri;
  /** Host, port and parameters of the Request-URI, whose user part is the number; a registered peer's own contact. */
  readonly requestUri: SipUri;
  /** To the first response above 100. */
  readonly timeoutMs: number;
  /** Null: as the trunk has it. */
  readonly media: MediaSecurity | null;
}

/** A call that is counted. */
export interface Admitted {
  /** The call is over, or did not come about. Harmless when it is told twice. */
  release(): void;
}

export interface TrunkPort {
  readonly name: string;
  readonly config: TrunkConfig;
  readonly terms: SideTerms;
  /** Host part of addresses of ours that this trunk sees, where its policy names none. */
  readonly domain: string;
  /** In the order to try; empty when the peer is not registered. */
  orderedTargets(): readonly TrunkTarget[];
  /**
   * Counts a call of the peer.
   * @throws CrosspointError trunk.too-many-calls, trunk.too-many-calls-per-second; both retriable
   */
  admit(direction: 'in'): Admitted;
  /** For the view: a call of this trunk was refused with that code. */
  countRefusal(code: string): void;
  /** A call found nobody there: no response in time, no connection, or 503. */
  targetFailed(target: TrunkTarget): void;
}

export interface TrunksPort {
  byName(name: string): TrunkPort | null;
  /** Whose call it is: of a digest user, else of a source. */
  forIncoming(source: Source, user: string | null): TrunkPort | null;
  /** The trunk that has that host and port among its targets. */
  forTarget(uri: SipUri): TrunkPort | null;
}

/** A call out that the policy lets pass, counted by everybody whose limits it meets. */
export interface AdmittedOut extends Admitted {
  /** Longest call; null: no rule says. */
  readonly maxSeconds: number | null;
}

/** The calling policy of the box, a project and a trunk, with the limits of the trunk. */
export interface CallingPolicyPort {
  /**
   * @param trunk null when the call goes to an address of no trunk
   * @param beside a trunk at the same host, whose rules count as well, but none of its limits
   * @throws CrosspointError policy.… that names the rule, trunk.too-many-…; retriable ones pass by themselves
   */
  admitOut(
    project: ProjectId,
    trunk: TrunkPort | null,
    destination: CallDestination,
    beside?: TrunkPort | null,
  ): AdmittedOut;
  /** Whether that is an emergency number that the rules allow to be called there. Counts nothing. */
  isEmergency(
    project: ProjectId,
    trunk: TrunkPort | null,
    destination: CallDestination,
    beside?: TrunkPort | null,
  ): boolean;
}
