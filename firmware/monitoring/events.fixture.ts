import { type CallId, type ConnectionId, newId, type ProjectId, type SessionId } from '../base/ids.ts';
import type { CallEvent, CallRef } from '../calls/events.ts';
import { endReasons } from '../calls/reasons.ts';
import { verdictOf } from '../calls/verdict.ts';

export const project = '46000001' as ProjectId;

export function newCall(over: Partial<CallRef> = {}): CallRef {
  return {
    id: newId<CallId>(),
    project,
    session: '2_session' as SessionId,
    connection: newId<ConnectionId>(),
    createdAt: 1_760_000_000_000,
    ...over,
  };
}

/** What a whole call says, in order. */
export function lifeOf(call: CallRef, time = 1_760_000_000_123): CallEvent[] {
  return [
    { type: 'callCreated', time, call },
    { type: 'callUpdated', time, call, state: 'DIALING' },
    { type: 'callUpdated', time, call, state: 'RINGING' },
    { type: 'callUpdated', time, call, state: 'ACTIVE' },
    { type: 'callUpdated', time, call, state: 'HANGUP' },
    { type: 'callDestroyed', time, call, reason: verdictOf(endReasons.normalClearing, 'far-end', 'outbound') },
  ];
}

/** One word an event, as a receiver sees the order of a call. */
export const lifeInWords = ['callCreated', 'DIALING', 'RINGING', 'ACTIVE', 'HANGUP', 'callDestroyed'];

export function inWords(bodies: readonly Record<string, unknown>[]): string[] {
  return bodies.map(({ event, state }) => String(state ?? event));
}
