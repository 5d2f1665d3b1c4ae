import type { ProjectId } from '../base/ids.ts';
import type { Credentials } from '../sip/auth/credentials.ts';
import type { SipUri } from '../sip/message/uri.ts';
import type { UserAgent } from '../sip/user-agent/user-agent.ts';
import type { SideTerms } from './side-terms.ts';

/** One place at which a call out is tried. */
export interface OutboundAttempt {
  /** Next hop; the dialled address itself when no trunk stands between. */
  readonly target: SipUri;
  readonly requestUri: string;
  readonly terms: SideTerms;
  /** How long each of the target's hosts may be silent. */
  readonly firstResponseMs?: number;
  /** The SIP stack that invites; absent: the box's usual one. */
  readonly agent?: Pick<UserAgent, 'invite'>;
  /** To be told when nobody was there: no response in time, no connection, or 5xx. */
  unreachable?(): void;
}

/** What a call out may do and how it is to be placed. */
export interface OutboundRoute {
  /** Over which trunk; absent: over none. */
  readonly trunk?: string;
  /** In order; the next one is for when nobody is at the one before. */
  readonly attempts: readonly [OutboundAttempt, ...OutboundAttempt[]];
  /** URI of From, and the display name. */
  readonly from: { readonly displayName?: string; readonly uri: string };
  /** Identity headers of the trunk's policy. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The trunk's own; the application's go first. */
  readonly auth?: Credentials;
  readonly maxDurationMs?: number;
  /** The call is over, or did not come about. Harmless when it is told twice. */
  release(): void;
}

/** What an application wants to call, and as whom. */
export interface OutboundWish {
  readonly target: SipUri;
  /** `user@host` as the application gave it. */
  readonly from: string | undefined;
  /** Media must be secured, whatever the trunk has. */
  readonly secure: boolean;
  /** Shown as it is, number or not; default: as the configuration says. */
  readonly namedFrom?: boolean;
}

/** Whoever decides where calls out may go: the calling policy and the trunks. */
export interface OutboundRoutes {
  /** Counts the call. @throws CrosspointError policy.… that names the rule, trunk.… when the trunk has no room */
  admit(project: ProjectId, wish: OutboundWish): OutboundRoute;
  /** Whether that is a call for help that the policy allows: the box's own limits are nothing to it. */
  isEmergency(project: ProjectId, wish: OutboundWish): boolean;
}
