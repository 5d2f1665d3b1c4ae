import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CrosspointError, isCrosspointError } from '../base/errors.ts';
import type { ProjectId, SessionId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { ManualClock } from '../base/manual-clock.ts';
import type { SessionEvent } from './events.ts';
import { DEVICE, Sessions } from './registry.ts';
import type { KeptSession } from './session-row.ts';

const project = '46000001' as ProjectId;
const other = '46000002' as ProjectId;
const routed = { mediaMode: 'routed', archiveMode: 'manual', location: '' } as const;

/** A registry whose store and recorder are memory; what fails is up to the test. */
function setUp(limits = { sessionsPerProject: 3, connectionsPerSession: 2 }) {
  const rows = new Map<SessionId, KeptSession>();
  const events: SessionEvent[] = [];
  const faults: { save?: Error; record?: Error } = {};
  const clock = new ManualClock();
  const store = {
    save: async (row: KeptSession) => {
      if (faults.save) throw faults.save;
      rows.set(row.id, row);
    },
    all: async () => [...rows.values()],
    delete: async (id: SessionId) => void rows.delete(id),
  };
  const recorder = {
    record: async (event: SessionEvent) => {
      if (faults.record) throw faults.record;
      events.push(event);
    },
  };
  const open = () => new Sessions({ store, events: recorder, clock, log: silentLog, limits });
  return { rows, events, faults, clock, open, sessions: open(), types: () => events.map(({ type }) => type) };
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isCrosspointError(error)) return error.code;
    throw error;
  }
  return 'accepted';
}

async function rejection(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'accepted',
    error => (isCrosspointError(error) ? error.code : String(error)),
  );
}

test('a session is found again by its own project only', async () => {
  const { sessions } = setUp();
  const session = await sessions.create(project, routed);
  assert.is(sessions.get(project, session.id).mediaMode, 'routed');
  assert.is(
    codeOf(() => sessions.get(other, session.id)),
    'session.unknown',
  );
  assert.is(
    codeOf(() => sessions.join(other, session.id, '')),
    'session.unknown',
  );
  assert.is(
    codeOf(() => sessions.get(project, 'nonsense')),
    'session.unknown',
  );
});

test('sessions survive a restart, their members do not', async () => {
  const { sessions, open } = setUp();
  const { id } = await sessions.create(project, { ...routed, archiveMode: 'always' });
  const { connectionId } = sessions.join(project, id, '');
  const restarted = open();
  await restarted.start();
  assert.is(restarted.get(project, id).archiveMode, 'always');
  assert.not.ok(restarted.hasConnection(project, id, connectionId));
});

test('a session that could not be stored does not exist', async () => {
  const { sessions, faults } = setUp();
  faults.save = new CrosspointError('store.failed', 'disk full', { retriable: true });
  assert.is(await rejection(sessions.create(project, routed)), 'store.failed');
  assert.equal(sessions.count(), { sessions: 0, connections: 0 });
});

test('who watches is told of everything in order', async () => {
  const { sessions, events, types } = setUp();
  const { id } = await sessions.create(project, routed);
  assert.equal(types(), []);
  const a = sessions.join(project, id, 'data of a');
  await a.recorded;
  const b = sessions.join(project, id, '');
  sessions.publish(project, id, a.connectionId);
  sessions.publish(project, id, a.connectionId);
  await sessions.leave(project, id, a.connectionId, 'forceDisconnected');
  await sessions.leave(project, id, a.connectionId, 'clientDisconnected');
  await sessions.leave(project, id, b.connectionId, 'networkDisconnected');
  assert.equal(types(), [
    'sessionCreated',
    'connectionCreated',
    'connectionCreated',
    'streamCreated',
    'streamDestroyed',
    'connectionDestroyed',
    'connectionDestroyed',
    'sessionDestroyed',
  ]);
  for (const event of events) assert.equal([event.project, event.session], [project, id]);
  const [, joined, , published, unpublished, left] = events;
  assert.ok(joined?.type === 'connectionCreated' && joined.connection.data === 'data of a');
  assert.ok(published?.type === 'streamCreated' && published.stream.id === a.streamId);
  assert.ok(unpublished?.type === 'streamDestroyed' && unpublished.reason === 'forceDisconnected');
  assert.ok(left?.type === 'connectionDestroyed' && left.connection.id === a.connectionId);
});

test('only published streams are listed', async () => {
  const { sessions } = setUp();
  const { id } = await sessions.create(project, routed);
  const { connectionId, streamId } = sessions.join(project, id, '');
  assert.equal(sessions.streams(project, id), []);
  sessions.publish(project, id, connectionId);
  assert.equal(
    sessions.streams(project, id).map(stream => stream.id),
    [streamId],
  );
  await sessions.leave(project, id, connectionId, 'clientDisconnected');
  assert.equal(sessions.streams(project, id), []);
});

test('a recorder that fails is told to who waits, and harms nobody else', async () => {
  const { sessions, faults } = setUp();
  const { id } = await sessions.create(project, routed);
  faults.record = new CrosspointError('store.failed', 'disk full', { retriable: true });
  const joined = sessions.join(project, id, '');
  assert.ok(sessions.hasConnection(project, id, joined.connectionId));
  assert.is(await rejection(joined.recorded), 'store.failed');
  sessions.publish(project, id, joined.connectionId);
  await sessions.leave(project, id, joined.connectionId, 'clientDisconnected');
  assert.is(sessions.count().connections, 0);
});

test('a session takes no more connections than its limit', async () => {
  const { sessions } = setUp();
  const { id } = await sessions.create(project, routed);
  const { connectionId } = sessions.join(project, id, '');
  sessions.join(project, id, '');
  assert.is(
    codeOf(() => sessions.join(project, id, '')),
    'session.full',
  );
  await sessions.leave(project, id, connectionId, 'clientDisconnected');
  assert.is(
    codeOf(() => sessions.join(project, id, '')),
    'accepted',
  );
});

test('a burst of new sessions stops at the limit, for that project alone', async () => {
  const { sessions, rows } = setUp();
  const results = await Promise.all(Array.from({ length: 5 }, () => rejection(sessions.create(project, routed))));
  assert.equal(results, ['accepted', 'accepted', 'accepted', 'session.too-many', 'session.too-many']);
  assert.is(rows.size, 3);
  assert.is(await rejection(sessions.create(other, routed)), 'accepted');
});

test('at the limit the session unused longest makes way, never one that is used', async () => {
  const { sessions, clock, rows } = setUp();
  const used = await sessions.create(project, routed);
  const usedLately = await sessions.create(project, routed);
  const unused = await sessions.create(project, routed);
  sessions.join(project, used.id, '');
  const visitor = sessions.join(project, usedLately.id, '');
  clock.advance(2 * 3_600_000);
  await sessions.leave(project, usedLately.id, visitor.connectionId, 'clientDisconnected');
  const fresh = await sessions.create(project, routed);
  assert.is(
    codeOf(() => sessions.get(project, unused.id)),
    'session.unknown',
  );
  assert.not.ok(rows.has(unused.id));
  for (const { id } of [used, usedLately, fresh]) assert.is(sessions.get(project, id).id, id);
  assert.is(await rejection(sessions.create(project, routed)), 'session.too-many');
});

test('callers of one room meet; the room ends with its last caller and is nobody else’s', async () => {
  const { sessions, types, rows } = setUp();
  const a = sessions.joinRoom('lobby');
  const b = sessions.joinRoom('lobby');
  assert.is(a.session, b.session);
  assert.is.not(sessions.joinRoom('kitchen').session, a.session);
  assert.is(
    codeOf(() => sessions.get(project, a.session)),
    'session.unknown',
  );
  assert.is(rows.size, 0);
  await sessions.leave(DEVICE, a.session, a.connectionId, 'clientDisconnected');
  await sessions.leave(DEVICE, b.session, b.connectionId, 'clientDisconnected');
  assert.is(types().at(-1), 'sessionDestroyed');
  assert.is(
    codeOf(() => sessions.get(DEVICE, a.session)),
    'session.unknown',
  );
  assert.is.not(sessions.joinRoom('lobby').session, a.session);
});

test('rooms are bounded, and one that was never entered is not left behind', async () => {
  const { sessions } = setUp();
  for (const name of ['a', 'b', 'c']) sessions.joinRoom(name);
  assert.is(
    codeOf(() => sessions.joinRoom('d')),
    'session.too-many',
  );
  assert.is(sessions.count().sessions, 3);
});

test('ten thousand visits leave nothing behind', async () => {
  const { sessions } = setUp();
  const { id } = await sessions.create(project, routed);
  for (let i = 0; i < 10_000; i++) {
    const { connectionId } = sessions.join(project, id, '');
    const visitor = sessions.joinRoom(`room${i}`);
    await sessions.leave(project, id, connectionId, 'clientDisconnected');
    await sessions.leave(DEVICE, visitor.session, visitor.connectionId, 'clientDisconnected');
  }
  assert.equal(sessions.count(), { sessions: 1, connections: 0 });
});

test('a muted session is muted after a restart too, and one whose mute has ended is not', async () => {
  const { sessions, open } = setUp();
  const [muted, ended] = [await sessions.create(project, routed), await sessions.create(project, routed)];
  for (const { id } of [muted, ended]) sessions.muteAll(project, id, new Set(['a stream']));
  sessions.endMute(project, ended.id);
  const again = open();
  await again.start();
  const startsMuted = (id: SessionId) => again.startsMuted(project, id, again.join(project, id, 'x').connectionId);
  assert.equal(
    [muted, ended].map(({ id }) => startsMuted(id)),
    [true, false],
  );
});

test('in a muted session everybody who publishes later starts muted but the excepted, until the mute ends', async () => {
  const { sessions } = setUp({ sessionsPerProject: 3, connectionsPerSession: 4 });
  const { id } = await sessions.create(project, routed);
  const [one, two, later] = [0, 1, 2].map(() => sessions.join(project, id, ''));
  assert.ok(one && two && later);
  for (const { connectionId } of [one, two]) sessions.publish(project, id, connectionId);
  assert.is(sessions.startsMuted(project, id, later.connectionId), false);
  assert.equal(sessions.muteAll(project, id, new Set([two.streamId, 'none'])), [one.connectionId]);
  assert.is(sessions.startsMuted(project, id, later.connectionId), true);
  assert.is(sessions.startsMuted(project, id, two.connectionId), false);
  sessions.endMute(project, id);
  assert.is(sessions.startsMuted(project, id, later.connectionId), false);
});

test('a stream leads to who publishes it, and nobody else’s does', async () => {
  const { sessions } = setUp();
  const { id } = await sessions.create(project, routed);
  const { connectionId, streamId } = sessions.join(project, id, '');
  const refused = (of: ProjectId, stream: string) => codeOf(() => sessions.muteStream(of, id, stream));
  assert.is(refused(project, streamId), 'session.stream-unknown');
  sessions.publish(project, id, connectionId);
  assert.is(sessions.muteStream(project, id, streamId), connectionId);
  assert.is(refused(project, 'x'), 'session.stream-unknown');
  assert.is(refused(other, streamId), 'session.unknown');
});

test.run();
