import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../base/clock.ts';
import type { EventId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import type { NewEvent } from './rows.ts';
import { Store } from './store.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'letters-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

async function opened(file = path.join(folder, `${randomUUID()}.db`)): Promise<Store> {
  const store = new Store({ file, clock: systemClock, log: silentLog });
  await store.start();
  return store;
}

const A = 'webhook:a';
const B = 'webhook:b';

function event(targets: readonly string[], recordedAt = Date.now()): NewEvent {
  return { id: randomUUID() as EventId, key: 'call:1', recordedAt, targets, body: '{}' };
}

const none = { target: null, ids: null };

test('a buried event is out of the outbox for that target alone, and outlives a restart', async () => {
  const file = path.join(folder, 'restart.db');
  const store = await opened(file);
  const told = event([A, B]);
  const row = Number(await store.record(told, null));
  await store.bury(A, row, 'answered 410');
  // A second time, as after an answer that came twice.
  await store.bury(A, row, 'answered 410');
  assert.equal([await store.outbox(A, 0, 10), (await store.outbox(B, 0, 10)).length], [[], 1]);
  await store.close();
  const again = await opened(file);
  const [letter, ...others] = await again.deadLetters.page(null, 0, 10);
  assert.equal([letter?.target, letter?.event, letter?.reason, others.length], [A, told.id, 'answered 410', 0]);
  const backlogs = new Map((await again.backlogs()).map(({ target, ...backlog }) => [target, backlog]));
  assert.equal(backlogs.get(A), { pending: 0, oldest: null, deadLetters: 1 });
  assert.equal(backlogs.get(B), { pending: 1, oldest: told.recordedAt, deadLetters: 0 });
  await again.close();
});

test('a replayed one has its id, a row behind all others, and the age of now', async () => {
  const store = await opened();
  const old = event([A], 1000);
  await store.bury(A, Number(await store.record(old, null)), 'x');
  const recent = Number(await store.record(event([A]), null));
  assert.equal(await store.deadLetters.replay(none), [{ target: A, count: 1 }]);
  const rows = await store.outbox(A, 0, 10);
  assert.equal([rows[0]?.row, rows[1]?.id], [recent, old.id]);
  assert.ok((rows[1]?.recordedAt ?? 0) > Date.now() - 60_000);
  assert.equal([await store.deadLetters.page(null, 0, 10), store.pending], [[], 2]);
  await store.close();
});

test('what is too old for a webhook is kept as a dead letter; of other targets it is gone', async () => {
  const store = await opened();
  await store.record(event([A, 'mqtt'], 1000), null);
  assert.is(await store.prune(2000), 2);
  assert.equal(
    (await store.deadLetters.page(null, 0, 10)).map(({ target }) => target),
    [A],
  );
  assert.is(store.pending, 0);
  await store.close();
});

test('with a webhook that is no more its dead letters go', async () => {
  const store = await opened();
  for (const target of [A, B]) await store.bury(target, Number(await store.record(event([target]), null)), 'x');
  await store.record(event([A]), null);
  assert.is(await store.discard(A), 1);
  assert.equal(
    (await store.backlogs()).map(({ target }) => target),
    [B],
  );
  await store.close();
});

test('there are ten thousand at most, the newest', async () => {
  const store = await opened();
  const rows = await Promise.all(Array.from({ length: 10_050 }, () => store.record(event([A]), null)));
  await Promise.all(rows.map(row => store.bury(A, Number(row), 'x')));
  const [backlog] = await store.backlogs();
  assert.is(backlog?.deadLetters, 10_000);
  assert.is((await store.deadLetters.page(null, 0, 1))[0]?.id, 51);
  await store.close();
});

test('archives and callbacks are kept as they are given, and apart', async () => {
  const store = await opened();
  await store.archives.save({ id: 'x', createdAt: 2, record: '{"n":1}' });
  await store.archives.save({ id: 'x', createdAt: 2, record: '{"n":2}' });
  await store.archives.save({ id: 'w', createdAt: 1, record: '{}' });
  await store.callbacks.save({ id: 'x', createdAt: 3, record: '{"c":1}' });
  assert.equal(await store.archives.all(), [
    { id: 'w', createdAt: 1, record: '{}' },
    { id: 'x', createdAt: 2, record: '{"n":2}' },
  ]);
  await store.archives.delete('x');
  assert.equal(await store.callbacks.all(), [{ id: 'x', createdAt: 3, record: '{"c":1}' }]);
  assert.is((await store.archives.all()).length, 1);
  await store.close();
});

test.run();
