import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ConnectionId, ProjectId, SessionId } from './base/ids.ts';
import { silentLog } from './base/log.ts';
import { ManualClock } from './base/manual-clock.ts';
import { agreedSide, callOf, writtenLeg } from './calls/call.fixture.ts';
import type { Call } from './calls/call.ts';
import type { Calls } from './calls/calls.ts';
import { endReasons } from './calls/reasons.ts';
import { phoneStreams } from './phone-streams.ts';
import { Sessions } from './sessions/registry.ts';

const project = '46000001' as ProjectId;

/** A session with one phone in it, which has agreed on those codecs. */
async function phone(...receives: string[]) {
  const sessions = new Sessions({
    store: { save: async () => {}, all: async () => [], delete: async () => {} },
    events: { record: async () => {} },
    clock: new ManualClock(),
    log: silentLog,
    limits: { sessionsPerProject: 10, connectionsPerSession: 10 },
  });
  const { id } = await sessions.create(project, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
  const { connectionId, streamId } = sessions.join(project, id, '', '+1');
  const { call } = callOf(agreedSide(writtenLeg('a'), ...receives), id, connectionId);
  const withConnection = (whose: ProjectId, session: SessionId, connection: ConnectionId): Call | undefined =>
    whose === project && session === id && connection === connectionId ? call : undefined;
  const streams = phoneStreams(sessions, () => ({ withConnection }) as unknown as Calls);
  const find = (stream: string = streamId, session = id) => streams.find({ project, id: session }, stream);
  return { sessions, id, connectionId, streamId, call, find };
}

test('the stream of a phone is found once it can be heard, in its own session', async () => {
  const { sessions, id, connectionId, find, call } = await phone('PCMU');
  assert.is(find(), null, 'it was not answered yet');
  sessions.publish(project, id, connectionId);
  assert.is(find()?.leg, 'a');
  assert.is(find('no-such-stream'), null);
  const other = await sessions.create(project, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
  assert.is(find(undefined, other.id), null);
  await sessions.leave(project, id, connectionId, 'clientDisconnected');
  assert.is(find(), null);
  await call.end('box', endReasons.normalClearing);
});

test('what it says can be sent on as it is when nothing but Opus may come of it', async () => {
  for (const [receives, isOpus] of [
    [['opus'], true],
    [['OPUS'], true],
    [['opus', 'PCMU'], false],
    [['PCMU'], false],
    [[], false],
  ] as const) {
    const { sessions, id, connectionId, find, call } = await phone(...receives);
    sessions.publish(project, id, connectionId);
    assert.is(find()?.receivesOpus, isOpus, receives.join(' '));
    await call.end('box', endReasons.normalClearing);
  }
});

test('who listens to it is told when its leg is another, and when the call ends', async () => {
  const { sessions, id, connectionId, find, call } = await phone('PCMU');
  sessions.publish(project, id, connectionId);
  const source = find();
  const told: string[] = [];
  source?.watch({ changed: () => told.push(`changed to ${source.leg}`), ended: () => told.push('ended') });
  call.exchange(call.sides[0], agreedSide(writtenLeg('b'), 'opus'));
  assert.is(source?.receivesOpus, true);
  await call.end('far-end', endReasons.normalClearing);
  assert.equal(told, ['changed to b', 'ended']);
});

test.run();
