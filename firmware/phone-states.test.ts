import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallId, ConnectionId, ProjectId, SessionId } from './base/ids.ts';
import type { CallEvent, CallRef } from './calls/events.ts';
import { showPhone } from './phone-states.ts';
import type { Sessions } from './sessions/registry.ts';

/** What the members of the session are told of those events. */
function shown(events: readonly object[], at: Partial<CallRef> = {}): unknown[] {
  const told: unknown[] = [];
  const told3 = (what: string) => (_project: string, _session: string, _connection: string, value: unknown) =>
    void told.push([what, value]);
  const sessions = {
    phoneMoved: told3('moved'),
    phoneMuted: told3('muted'),
    phonePressed: told3('pressed'),
  } as unknown as Sessions;
  const call: CallRef = {
    id: 'call' as CallId,
    project: 'p' as ProjectId,
    session: 's' as SessionId,
    connection: 'c' as ConnectionId,
    createdAt: 0,
    ...at,
  };
  for (const event of events) showPhone(sessions, { time: 0, call, ...event } as CallEvent);
  return told;
}

test('members of a session see what becomes of its calls, but for their end, which is told by who leaves', () => {
  const states = ['DIALING', 'RINGING', 'ACTIVE', 'ON_HOLD', 'ACTIVE', 'HANGUP'];
  assert.equal(
    shown(states.map(state => ({ type: 'callUpdated', state }))),
    ['dialing', 'ringing', 'active', 'held', 'active'].map(state => ['moved', state]),
  );
});

test('they see mutes, and keys with what may be told of them', () => {
  const key = { digit: null, durationMs: 120, source: 'inband' };
  assert.equal(
    shown([
      { type: 'callMuteChanged', muted: true, by: 'operator' },
      { type: 'callDigit', side: 'first', ...key },
      { type: 'callCreated' },
    ]),
    [
      ['muted', true],
      ['pressed', key],
    ],
  );
});

test('of a call that is in no session nobody is told', () => {
  const events = [{ type: 'callUpdated', state: 'ACTIVE' }];
  assert.equal(shown(events, { session: null }), []);
  assert.equal(shown(events, { connection: null }), []);
});

test.run();
