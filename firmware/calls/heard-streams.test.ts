import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LegId, ProjectId, SessionId, StreamId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { Sessions } from '../sessions/registry.ts';
import { agreedSide, callOf, writtenLeg } from './call.fixture.ts';
import { CallBook } from './call-book.ts';
import { HeardStreams } from './heard-streams.ts';

const project = '46000001' as ProjectId;
const NOBODY = 'nobody’s';

/** A session, and phones and clients that come to it; each phone's leg has the phone's name. */
async function room() {
  const clock = new ManualClock();
  const sessions = new Sessions({
    store: { save: async () => {}, all: async () => [], delete: async () => {} },
    events: { record: async () => {} },
    clock,
    log: silentLog,
    limits: { sessionsPerProject: 10, connectionsPerSession: 10 },
  });
  const { id: session } = await sessions.create(project, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
  const book = new CallBook(100);
  const clientLegs = new Map<StreamId, LegId>();
  const context = {
    sessions,
    book,
    clientLeg: (of: SessionId, stream: StreamId) => (of === session ? (clientLegs.get(stream) ?? null) : null),
  };
  /** It rings: it publishes nothing yet. */
  const phone = (name: string) => {
    const { connectionId, streamId } = sessions.join(project, session, '');
    const { call } = callOf(agreedSide(writtenLeg(name), 'PCMU'), session, connectionId);
    book.add(call);
    return { call, connectionId, streamId, answer: () => sessions.publish(project, session, connectionId) };
  };
  const live = sessions.live(project, session);
  const client = (leg: string) => {
    const { connection } = sessions.connections.enter(live, '', null);
    const owner = { muted: () => {}, ended: () => {} };
    const described = { name: '', videoType: null, hasAudio: true, hasVideo: false };
    const id = `stream of ${leg}` as StreamId;
    const publish = () => {
      clientLegs.set(id, leg as LegId);
      return sessions.streamBook.publish(live, connection, { ...described, id }, owner).stream;
    };
    return { id, publish };
  };
  const heard = (listener: ReturnType<typeof phone>, streams?: readonly string[]) =>
    new HeardStreams({ context, call: listener.call.ref, session, streams });
  return { sessions, session, live, phone, client, heard };
}

test('without a word about streams it hears the session, and is told of nothing', async () => {
  const { session, phone, heard } = await room();
  const listener = phone('me');
  const all = heard(listener);
  let changes = 0;
  all.watch(() => changes++);
  assert.equal(all.hears, { kind: 'session', session });
  phone('a').answer();
  assert.equal([all.hears, changes], [{ kind: 'session', session }, 0]);
});

test('it hears the streams that it names, of phones and of clients, and ids of nobody change nothing', async () => {
  const { session, phone, client, heard } = await room();
  const [listener, a, b] = [phone('me'), phone('a'), phone('b')];
  for (const each of [listener, a, b]) each.answer();
  const browser = client('c');
  browser.publish();
  const some = heard(listener, [NOBODY, b.streamId, browser.id, NOBODY]);
  assert.equal(some.hears, { kind: 'session', session, only: ['b', 'c'] });
});

test('of no stream at all it hears nothing, and stays in the session', async () => {
  const { session, phone, heard } = await room();
  const listener = phone('me');
  phone('a').answer();
  assert.equal(heard(listener, []).hears, { kind: 'session', session, only: [] });
});

test('it never names itself', async () => {
  const { session, phone, heard } = await room();
  const listener = phone('me');
  listener.answer();
  assert.equal(heard(listener, [listener.streamId]).hears, { kind: 'session', session, only: [] });
});

test('a stream that is named is heard once it is published, and no longer than that', async () => {
  const { sessions, session, live, phone, client, heard } = await room();
  const [listener, later, other] = [phone('me'), phone('later'), phone('other')];
  const browser = client('c');
  const some = heard(listener, [later.streamId, browser.id]);
  const told: unknown[] = [];
  assert.equal(some.hears, { kind: 'session', session, only: [] });
  some.watch(() => told.push(some.hears));

  other.answer();
  assert.equal(told, [], 'a stream that is not named');
  later.answer();
  assert.equal(told.splice(0), [{ kind: 'session', session, only: ['later'] }]);
  const stream = browser.publish();
  assert.equal(told.splice(0), [{ kind: 'session', session, only: ['later', 'c'] }]);
  sessions.streamBook.mute(live, stream, true);
  assert.equal(told, [], 'a mute is not its end');
  await sessions.leave(project, session, later.connectionId, 'clientDisconnected');
  assert.equal(told.splice(0), [{ kind: 'session', session, only: ['c'] }]);
  await sessions.leave(project, session, other.connectionId, 'clientDisconnected');
  assert.equal(told, []);

  // Whoever has left is told of nothing.
  await sessions.leave(project, session, listener.connectionId, 'clientDisconnected');
  await sessions.streamBook.end(live, stream, 'clientDisconnected', false);
  assert.equal(told, []);
});

test.run();
