import type { Announcements } from '../announcements/announcements.ts';
import type { Prompts } from '../announcements/prompts.ts';
import type { LegId, SessionId, StreamId } from '../base/ids.ts';
import type { Media } from '../media/media.ts';
import type { ConnectionEndReason } from '../sessions/events.ts';
import type { Sessions } from '../sessions/registry.ts';
import type { UserAgent } from '../sip/user-agent/user-agent.ts';
import type { Call, CallServices, EndedBy } from './call.ts';
import type { CallBook } from './call-book.ts';
import { hostOf } from './events.ts';
import type { OutboundRoutes } from './outbound-routes.ts';
import type { SideTerms } from './side-terms.ts';

export interface CallSettings {
  readonly ringLimitMs: number;
  /** RFC 4028, seconds. */
  readonly sessionTimer: { readonly intervalS: number; readonly minS: number };
  /** How media is negotiated with callers that are known by no trunk. */
  readonly terms: SideTerms;
}

/** Whoever knows whether the box has room for another call. */
export interface CallAdmission {
  /**
   * To be asked before anything of the call exists.
   * @param isEmergency asked where there is no room: calls for help are let in all the same
   * @throws CrosspointError, retriable, with the seconds to wait
   */
  admit(legs: number, isEmergency?: () => boolean): void;
}

/** What placing and answering calls share. */
export interface CallContext {
  readonly services: CallServices;
  readonly userAgent: UserAgent;
  readonly media: Media;
  readonly sessions: Sessions;
  readonly book: CallBook;
  readonly admission: CallAdmission;
  readonly routes: OutboundRoutes;
  readonly prompts: Prompts;
  readonly announcements: Announcements;
  /** Through which leg a client publishes that stream; null: no client does. */
  readonly clientLeg: (session: SessionId, stream: StreamId) => LegId | null;
  readonly settings: CallSettings;
}

/** A call's stream can be heard from answer to end; a call that is in no session has none. */
export function publishStream({ sessions }: CallContext, { ref }: Call): void {
  if (ref.session !== null && ref.connection !== null) sessions.publish(hostOf(ref), ref.session, ref.connection);
}

/** Takes an ended call off the book and out of its session; resolves when that is recorded. */
export async function forgetCall({ book, sessions }: CallContext, call: Call, by: EndedBy): Promise<void> {
  book.remove(call);
  const { session, connection } = call.ref;
  if (session !== null && connection !== null)
    await sessions.leave(hostOf(call.ref), session, connection, CONNECTION_END[by]);
}

/** CONTRACT §1.13. */
const CONNECTION_END: Record<EndedBy, ConnectionEndReason> = {
  'far-end': 'clientDisconnected',
  application: 'forceDisconnected',
  operator: 'forceDisconnected',
  box: 'networkDisconnected',
};
