import { randomUUID } from 'node:crypto';
import SqliteDatabase from 'better-sqlite3';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallId, EventId, ProjectId, SessionId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { migrate } from './migrate.ts';
import { outboxCallsSessions } from './migrations/0001-outbox-calls-sessions.ts';
import type { NewEvent } from './rows.ts';
import { event, newFile, opened, rowsIn } from './store.fixture.ts';
import { Store } from './store.ts';

test('connections and streams that began and did not end are known, whatever is told twice', async () => {
  const file = newFile();
  const store = await opened(file);
  const member = { id: 'a', since: 1, event: '{}' };
  for (const id of ['a', 'b', 'a']) await store.record(event(), { kind: 'enter', member: { ...member, id } });
  await store.record(event(), { kind: 'leave', id: 'b' });
  await store.close();
  const again = await opened(file);
  assert.equal(await again.liveMembers(), [member]);
  await again.close();
});

test('an event stays until every target has been told, then no row is left', async () => {
  const file = newFile();
  const store = await opened(file);
  await store.record(event({ targets: ['a', 'b'] }), null);
  assert.is(store.pending, 2);
  const [forA] = await store.outbox('a', 0, 10);
  assert.ok(forA);
  await store.settle('a', [forA.row]);
  assert.equal(await store.outbox('a', 0, 10), []);
  assert.equal(
    (await store.outbox('b', 0, 10)).map(row => row.id),
    [forA.id],
  );
  await store.settle('b', [forA.row, forA.row]);
  assert.is(store.pending, 0);
  assert.equal(await store.targets(), []);
  await store.close();
  assert.equal(rowsIn(file), { events: 0, deliveries: 0, live_calls: 0, sessions: 0 });
});

test('rows keep the order of recording and are never numbered twice', async () => {
  const file = newFile();
  let store = await opened(file);
  const ids = Array.from({ length: 50 }, () => randomUUID() as EventId);
  await Promise.all(ids.map(id => store.record(event({ id }), null)));
  const rows = await store.outbox('a', 0, 100);
  assert.equal(
    rows.map(row => row.id),
    ids,
  );
  const last = rows.at(-1)!.row;
  await store.settle(
    'a',
    rows.map(row => row.row),
  );
  await store.close();
  store = await opened(file);
  await store.record(event(), null);
  const [next] = await store.outbox('a', 0, 1);
  assert.ok(next!.row > last);
  await store.close();
});

test('a write waits for company, and is told the row that it became', async () => {
  const clock = new ManualClock();
  const store = new Store({ file: newFile(), clock, log: silentLog, limits: { groupMs: 2 } });
  let started = false;
  const start = store.start().then(() => {
    started = true;
  });
  while (!started) {
    clock.advance(2);
    await new Promise(setImmediate);
  }
  await start;
  let committed = 0;
  const record = (over: Partial<NewEvent> = {}) => store.record(event(over), null).finally(() => committed++);
  const first = [record(), record({ targets: [] }), record()];
  assert.is(clock.pendingTimers, 1);
  clock.advance(1);
  await new Promise(resolve => setTimeout(resolve, 20));
  assert.is(committed, 0);
  clock.advance(1);
  assert.equal(await Promise.all(first), [1, null, 2]);
  // What is asked must not wait, and takes along what does.
  const third = record();
  await store.targets();
  assert.is(await third, 3);
  assert.is(clock.pendingTimers, 0);
  assert.equal(
    (await store.outbox('a', 0, 10)).map(({ row }) => row),
    [1, 2, 3],
  );
  await store.close();
});

test('the rows of one key can be read apart', async () => {
  const store = await opened();
  for (const key of ['x', 'y', 'x', 'y', 'x']) await store.record(event({ key }), null);
  const all = await store.outbox('a', 0, 10);
  const x = await store.outbox('a', all[0]!.row, 10, 'x');
  assert.equal(
    x.map(row => row.row),
    [all[2]!.row, all[4]!.row],
  );
  await store.close();
});

test('a live call follows its events and is gone with its end', async () => {
  const store = await opened();
  const id = 'c1' as CallId;
  const call = {
    id,
    project: 'p' as ProjectId,
    session: null,
    connection: null,
    createdAt: 5,
    state: 'DIALING',
    facts: null,
  };
  await store.record(event(), { kind: 'begin', call });
  await store.record(event(), { kind: 'move', id, state: 'ACTIVE', facts: null });
  assert.equal(await store.liveCalls(), [{ ...call, state: 'ACTIVE', lastWords: null }]);
  await store.record(event(), { kind: 'words', id, lastWords: '[]' });
  assert.equal(await store.liveCalls(), [{ ...call, state: 'ACTIVE', lastWords: '[]' }]);
  await store.record(event(), { kind: 'end', id, record: null });
  assert.equal(await store.liveCalls(), []);
  await store.close();
});

test('sessions come back after a restart, those older than 30 days do not', async () => {
  const file = newFile();
  let store = await opened(file);
  const young = {
    id: 's1' as SessionId,
    project: 'p' as ProjectId,
    mediaMode: 'routed',
    archiveMode: 'manual',
    createdAt: Date.now(),
    muted: false,
  } as const;
  await store.sessions.save(young);
  await store.sessions.save({ ...young, id: 's2' as SessionId, createdAt: Date.now() - 31 * 24 * 3600_000 });
  await store.sessions.save({ ...young, id: 's3' as SessionId });
  await store.sessions.delete('s3' as SessionId);
  const muted = { ...young, id: 's4' as SessionId, createdAt: young.createdAt + 1, muted: true };
  await store.sessions.save({ ...muted, muted: false });
  await store.sessions.save(muted);
  await store.close();
  store = await opened(file);
  assert.equal(await store.sessions.all(), [young, muted]);
  await store.close();
});

test('media figures of a call come back after a restart, those older than 30 days do not', async () => {
  const file = newFile();
  const store = await opened(file);
  const month = 30 * 24 * 3600 * 1000;
  const media = (call: string, endedAt: number) => ({ call, project: 'p', endedAt, record: `{"of":"${call}"}` });
  await store.callMedia.save(media('new', Date.now()));
  await store.callMedia.save(media('old', Date.now() - month - 1000));
  assert.is(await store.callMedia.get('old'), '{"of":"old"}');
  await store.close();
  const again = await opened(file);
  assert.is(await again.callMedia.get('new'), '{"of":"new"}');
  assert.is(await again.callMedia.get('old'), null);
  assert.is(await again.callMedia.get('never'), null);
  await again.close();
});

test('a database of the release before gets room for media figures, and keeps what it has', async () => {
  const file = newFile();
  const db = new SqliteDatabase(file);
  migrate(db, [outboxCallsSessions], 1);
  db.prepare("INSERT INTO live_calls VALUES ('c', 'p', NULL, NULL, 5, 'ACTIVE')").run();
  db.close();
  const store = await opened(file);
  assert.is((await store.liveCalls()).length, 1);
  await store.callMedia.save({ call: 'c', project: 'p', endedAt: Date.now(), record: '{}' });
  assert.is(await store.callMedia.get('c'), '{}');
  await store.close();
});

test('beyond the bound of a target its oldest are dropped and counted, others keep theirs', async () => {
  const file = newFile();
  const store = await opened(file, { maxPendingPerTarget: 10 });
  await store.record(event({ targets: ['b'] }), null);
  const ids = Array.from({ length: 25 }, () => randomUUID() as EventId);
  for (const id of ids) await store.record(event({ id }), null);
  assert.equal(
    (await store.outbox('a', 0, 100)).map(row => row.id),
    ids.slice(15),
  );
  assert.is((await store.outbox('b', 0, 100)).length, 1);
  assert.is(store.dropped, 15);
  assert.is(store.pending, 11);
  await store.close();
  assert.is(rowsIn(file).events, 11);
});

test('what is too old is dropped and counted', async () => {
  const store = await opened();
  await store.record(event({ recordedAt: 1000, targets: ['a', 'b'] }), null);
  await store.record(event({ recordedAt: 2000 }), null);
  assert.is(await store.prune(1500), 2);
  assert.is((await store.outbox('a', 0, 10)).length, 1);
  assert.is(store.dropped, 2);
  await store.close();
});

test('what a target that no longer exists waits for can be discarded', async () => {
  const store = await opened();
  for (let i = 0; i < 5; i++) await store.record(event({ targets: ['gone', 'a'] }), null);
  assert.is(await store.discard('gone'), 5);
  assert.equal(await store.targets(), ['a']);
  assert.is(store.pending, 5);
  await store.close();
});

test.run();
