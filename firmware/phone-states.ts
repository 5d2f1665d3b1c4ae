import { type CallEvent, hostOf } from './calls/events.ts';
import type { CallState } from './calls/state.ts';
import type { PhoneState } from './sessions/notices.ts';
import type { Sessions } from './sessions/registry.ts';

/** Null: the phone leaves its session, and that is told then. */
const phoneStateOf: Record<CallState, PhoneState | null> = {
  DIALING: 'dialing',
  RINGING: 'ringing',
  ACTIVE: 'active',
  ON_HOLD: 'held',
  HANGUP: null,
};

/** The members of a session see what becomes of the calls in it. */
export function showPhone(sessions: Sessions, event: CallEvent): void {
  const { session, connection } = event.call;
  const project = hostOf(event.call);
  if (session === null || connection === null) return;
  if (event.type === 'callMuteChanged') sessions.phoneMuted(project, session, connection, event.muted);
  if (event.type === 'callDigit') {
    const { digit, durationMs, source } = event;
    sessions.phonePressed(project, session, connection, { digit, durationMs, source });
  }
  if (event.type !== 'callUpdated') return;
  const state = phoneStateOf[event.state];
  if (state !== null) sessions.phoneMoved(project, session, connection, state);
}
