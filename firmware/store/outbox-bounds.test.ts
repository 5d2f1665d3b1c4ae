import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../base/clock.ts';
import type { EventId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { migrate } from './migrate.ts';
import { outboxCallsSessions } from './migrations/0001-outbox-calls-sessions.ts';
import type { NewEvent, TargetLimits } from './rows.ts';
import { Store } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'bounds-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const newFile = () => join(folder, `${randomUUID()}.db`);

async function opened(file: string, bounded: TargetLimits): Promise<Store> {
  const store = new Store({ file, clock: systemClock, log: silentLog, limits: { targets: { bounded } } });
  await store.start();
  return store;
}

const ROOM: TargetLimits = { maxPending: 1000, maxBytes: 1_000_000 };
let sequence = 0;

function event(project: string, over: Partial<NewEvent> = {}, filling = ''): NewEvent {
  sequence += 1;
  const body = JSON.stringify({ project, bootId: 'boot', sequence, time: 1000 + sequence, filling });
  return { id: randomUUID() as EventId, key: 'call:1', recordedAt: 5, targets: ['bounded', 'other'], body, ...over };
}

const waiting = async (store: Store, target: string) =>
  (await store.outbox(target, 0, 100)).map(({ body }) => JSON.parse(body).sequence as number);

test('beyond its number the oldest are dropped of a target alone, and it is written down which, by project', async () => {
  const store = await opened(newFile(), { ...ROOM, maxPending: 3 });
  sequence = 0;
  for (const project of ['a', 'b', 'a', 'a', 'b', 'a']) await store.record(event(project), null);
  assert.equal(await waiting(store, 'bounded'), [4, 5, 6]);
  assert.equal(await waiting(store, 'other'), [1, 2, 3, 4, 5, 6]);
  assert.is(store.dropped, 3);
  const end = (at: number) => ({ bootId: 'boot', sequence: at, time: 1000 + at });
  assert.equal(await store.gaps('bounded'), [
    { target: 'bounded', project: 'a', first: end(1), last: end(3), count: 2 },
    { target: 'bounded', project: 'b', first: end(2), last: end(2), count: 1 },
  ]);
  assert.equal(await store.gaps('other'), []);
  await store.close();
});

test('beyond its bytes, too, but the newest always stays', async () => {
  const store = await opened(newFile(), { ...ROOM, maxBytes: 1000 });
  sequence = 0;
  for (let i = 0; i < 5; i++) await store.record(event('a', {}, 'x'.repeat(300)), null);
  assert.equal(await waiting(store, 'bounded'), [4, 5]);
  await store.record(event('a', {}, 'x'.repeat(5000)), null);
  assert.equal(await waiting(store, 'bounded'), [6]);
  await store.settle('bounded', [6]);
  for (let i = 0; i < 2; i++) await store.record(event('a', {}, 'x'.repeat(300)), null);
  assert.equal(await waiting(store, 'bounded'), [7, 8], 'what was delivered takes no room');
  await store.close();
});

test('what is too old is dropped of one target, or of all but one', async () => {
  const store = await opened(newFile(), ROOM);
  sequence = 0;
  for (const recordedAt of [10, 20, 30]) await store.record(event('a', { recordedAt }), null);
  assert.is(await store.prune(15, { only: 'bounded' }), 1);
  assert.is(await store.prune(25, { except: 'bounded' }), 2);
  assert.equal(await waiting(store, 'bounded'), [2, 3]);
  assert.equal(await waiting(store, 'other'), [3]);
  assert.is((await store.gaps('bounded'))[0]?.count, 1);
  await store.close();
});

test('a gap is known after a restart, and until the target was told of all of it', async () => {
  const file = newFile();
  const store = await opened(file, { ...ROOM, maxPending: 1 });
  for (let i = 0; i < 3; i++) await store.record(event('a'), null);
  await store.close();
  const again = await opened(file, { ...ROOM, maxPending: 1 });
  const [gap] = await again.gaps('bounded');
  assert.is(gap?.count, 2);
  await again.record(event('a'), null);
  await again.gapTold(gap!);
  const [grown] = await again.gaps('bounded');
  assert.is(grown?.count, 3);
  await again.gapTold(grown!);
  assert.equal(await again.gaps('bounded'), []);
  await again.close();
});

test('what waits since before the bounds were there counts by its bytes', async () => {
  const file = newFile();
  const db = new SqliteDatabase(file);
  migrate(db, [outboxCallsSessions], 0);
  for (let i = 1; i <= 3; i++) {
    db.prepare('INSERT INTO events (id, key, recorded_at, body) VALUES (?, ?, 0, ?)').run(
      `e${i}`,
      'k',
      'x'.repeat(400),
    );
    db.prepare('INSERT INTO deliveries (target, event) VALUES (?, ?)').run('bounded', i);
  }
  db.close();
  const store = await opened(file, { ...ROOM, maxBytes: 1000 });
  await store.record(event('a', { targets: ['bounded'] }), null);
  assert.is((await store.outbox('bounded', 0, 100)).length, 3);
  assert.equal(await store.gaps('bounded'), [], 'nobody can read what was dropped');
  await store.close();
});

test.run();
