import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CrosspointError } from '../base/errors.ts';
import type { CallId, ConnectionId, SessionId, StreamId } from '../base/ids.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { endReasons } from '../calls/reasons.ts';
import { verdictOf } from '../calls/verdict.ts';
import { factsOf, newRecord } from '../records/call-record.fixture.ts';
import type { LiveChange, NewEvent } from '../store/rows.ts';
import type { Envelope } from './envelope.ts';
import { lifeOf, newCall, project } from './events.fixture.ts';
import { endOrphanedCalls, endOrphanedMembers } from './orphans.ts';
import { Recorder } from './recorder.ts';
import { webhookTargets } from './targets.ts';

function scene(options: { fail?: boolean } = {}) {
  const rows: NewEvent[] = [];
  const changes: (LiveChange | null)[] = [];
  const woken: { row: number; id: string; targets: readonly string[] }[] = [];
  const urls = { sipMonitoringUrl: 'http://127.0.0.1:1/calls', sessionMonitoringUrl: 'http://127.0.0.1:1/sessions' };
  const recorder = new Recorder({
    store: {
      record: async (row, change) => {
        if (options.fail) throw new CrosspointError('store.full', 'full', { retriable: true });
        rows.push(row);
        changes.push(change);
        return rows.length;
      },
    },
    clock: new ManualClock(),
    box: 'b1',
    bootId: 'boot',
    webhooks: webhookTargets(new Map([[project, urls]])),
    stored: (row, envelope, targets) => void woken.push({ row, id: envelope.id, targets }),
  });
  return { recorder, rows, changes, woken };
}

test('of mutes a webhook is told of those by a moderator', async () => {
  const { recorder, rows } = scene();
  const call = newCall();
  for (const [muted, by] of [
    [true, 'moderator'],
    [false, 'moderator'],
    [true, 'participant'],
    [true, 'operator'],
  ] as const)
    await recorder.record({ type: 'callMuteChanged', time: 1, call, muted, by });
  assert.equal(
    rows.map(({ targets }) => targets.length),
    [2, 1, 1, 1],
  );
});

const callTarget = `webhook:call:${project}`;
const sessionTarget = `webhook:session:${project}`;

test('a call event is for the broker and the SIP monitoring URL, a session event for the other one', async () => {
  const { recorder, rows, woken } = scene();
  const call = newCall();
  await recorder.record({ type: 'callCreated', time: 1, call });
  await recorder.record({ type: 'sessionCreated', time: 1, project, session: 's' as SessionId });
  assert.equal(
    rows.map(row => row.targets),
    [
      ['mqtt', callTarget],
      ['mqtt', sessionTarget],
    ],
  );
  assert.equal(
    rows.map(row => row.key),
    [`call:${call.id}`, 'session:s'],
  );
  assert.equal(
    woken,
    rows.map(({ id, targets }, index) => ({ row: index + 1, id, targets })),
  );
});

test('a project without URLs is told of over MQTT alone', async () => {
  const { recorder, rows } = scene();
  await recorder.record({ type: 'callCreated', time: 1, call: newCall({ project: 'device' as typeof project }) });
  assert.equal(rows[0]?.targets, ['mqtt']);
});

test('every event carries version, box, boot, a rising sequence, project, time and an id of its own', async () => {
  const { recorder, rows } = scene();
  const events = lifeOf(newCall());
  for (const event of events) void recorder.record(event);
  await Promise.resolve();
  const envelopes = rows.map(row => JSON.parse(row.body) as Envelope);
  assert.equal(
    envelopes.map(({ sequence }) => sequence),
    [1, 2, 3, 4, 5, 6],
  );
  assert.is(new Set(envelopes.map(({ id }) => id)).size, 6);
  assert.equal(
    envelopes.map(({ event }) => event),
    events,
  );
  for (const { version, box, bootId, project: of, time } of envelopes) {
    assert.equal([version, box, bootId, of, time], [1, 'b1', 'boot', project, 1_760_000_000_123]);
  }
});

test('the events of a call begin, move and end its row', async () => {
  const { recorder, changes } = scene();
  const call = newCall();
  for (const event of lifeOf(call)) await recorder.record(event);
  assert.equal(changes, [
    { kind: 'begin', call: { ...call, state: 'DIALING', facts: null } },
    { kind: 'move', id: call.id, state: 'DIALING', facts: null },
    { kind: 'move', id: call.id, state: 'RINGING', facts: null },
    { kind: 'move', id: call.id, state: 'ACTIVE', facts: null },
    { kind: 'move', id: call.id, state: 'HANGUP', facts: null },
    { kind: 'end', id: call.id, record: null },
  ]);
});

test('what is known of a call goes with its events, and its record with the last one', async () => {
  const { recorder, changes } = scene();
  const record = newRecord();
  const facts = factsOf(record);
  const call = newCall({ id: record.id as CallId, createdAt: record.createdAt });
  const reason = verdictOf(endReasons.normalClearing, 'far-end', 'outbound');
  await recorder.record({ type: 'callCreated', time: 1, call }, facts);
  await recorder.record({ type: 'callUpdated', time: 2, call, state: 'ACTIVE' }, facts);
  await recorder.record({ type: 'callDestroyed', time: 3, call, reason }, record);
  const { id, project, createdAt } = call;
  assert.equal(changes, [
    { kind: 'begin', call: { ...call, state: 'DIALING', facts: JSON.stringify(facts) } },
    { kind: 'move', id, state: 'ACTIVE', facts: JSON.stringify(facts) },
    { kind: 'end', id, record: { id, project, createdAt, record: JSON.stringify(record) } },
  ]);
});

test('the record of a call that a killed process left says so, with all that was known of it', async () => {
  const { recorder, changes } = scene();
  const facts = factsOf(newRecord());
  const left = { state: 'ACTIVE', lastWords: null };
  const orphan = { ...newCall({ id: facts.id as CallId }), ...left, facts: JSON.stringify(facts) };
  const broken = { ...newCall(), ...left, facts: '{"id":1}' };
  const clock = new ManualClock();
  await endOrphanedCalls({ liveCalls: async () => [orphan, broken] }, recorder, clock);
  const records = changes.flatMap(change =>
    change?.kind === 'end' ? [change.record && JSON.parse(change.record.record)] : [],
  );
  assert.equal(records, [
    {
      ...facts,
      endedAt: clock.now(),
      result: 'dropped',
      reason: {
        code: '703',
        message: 'Unexpected Clearing',
        slug: 'unexpected-clearing',
        endedBy: 'box',
        retriable: true,
        detail: 'the service was killed',
      },
    },
    null,
  ]);
});

test('a store that refuses is an error for who waits, and none for who does not', async () => {
  const { recorder, woken } = scene({ fail: true });
  const event = { type: 'callCreated', time: 1, call: newCall() } as const;
  void recorder.record(event);
  for (let i = 0; i < 5; i++) await new Promise(setImmediate);
  const error = await recorder.record(event).catch(reason => reason);
  assert.is(error?.code, 'store.full');
  assert.equal(woken, []);
});

test('calls that a killed process left are told to have ended unexpectedly', async () => {
  const { recorder, rows } = scene();
  const active = newCall();
  const hungUp = newCall();
  const telling = {
    url: 'http://app/status',
    method: 'POST',
    format: 'form',
    fields: { CallStatus: 'completed' },
  } as const;
  const orphans = [
    { ...active, state: 'ACTIVE', facts: null, lastWords: JSON.stringify([telling]) },
    { ...hungUp, state: 'HANGUP', facts: null, lastWords: null },
  ];
  const clock = new ManualClock();
  assert.is(await endOrphanedCalls({ liveCalls: async () => orphans }, recorder, clock), 2);
  const detail = 'the service was killed';
  const reason = { code: '703', message: 'Unexpected Clearing', detail, retriable: true, endedBy: 'box' };
  const time = clock.now();
  assert.equal(
    rows.map(row => (JSON.parse(row.body) as Envelope).event),
    [
      { type: 'callUpdated', time, call: active, state: 'HANGUP' },
      { type: 'applicationTold', time, call: active, telling },
      { type: 'callDestroyed', time, call: active, reason },
      { type: 'callDestroyed', time, call: hungUp, reason },
    ],
  );
});

test('whoever was in a session when the process was killed is told to have left, streams first', async () => {
  const { recorder, rows, changes } = scene();
  const clock = new ManualClock();
  const about = { time: 1, project, session: 'session' as SessionId };
  const connection = { id: 'connection' as ConnectionId, createdAt: 1, data: 'x' };
  const stream = { id: 'stream' as StreamId, createdAt: 1, name: 'me', videoType: 'camera' } as const;
  await recorder.record({ ...about, type: 'connectionCreated', connection });
  await recorder.record({ ...about, type: 'streamCreated', connection, stream });
  const members = changes.splice(0).flatMap(change => (change?.kind === 'enter' ? [change.member] : []));
  rows.length = 0;
  assert.is(await endOrphanedMembers({ liveMembers: async () => members }, recorder, clock), 1);
  const ended = { ...about, time: clock.now() };
  const reason = 'networkDisconnected';
  assert.equal(
    rows.map(row => (JSON.parse(row.body) as Envelope).event),
    [
      { ...ended, type: 'streamDestroyed', connection, stream, reason },
      { ...ended, type: 'connectionDestroyed', connection, reason },
      { ...ended, type: 'sessionDestroyed' },
    ],
  );
  assert.equal(changes, [{ kind: 'leave', id: 'stream' }, { kind: 'leave', id: 'connection' }, null]);
});

test('a monitoring URL that is none is refused without being shown', () => {
  for (const url of ['ftp://user:secret@host/', 'not a url secret']) {
    try {
      webhookTargets(new Map([[project, { sipMonitoringUrl: url }]]));
      assert.unreachable();
    } catch (error) {
      assert.match(String(error), 'is not an http(s) URL');
      assert.not.match(String(error), 'secret');
    }
  }
});

test.run();
