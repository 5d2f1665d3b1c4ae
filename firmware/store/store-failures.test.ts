import { spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import SqliteDatabase from 'better-sqlite3';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { event, folder, newFile, opened, refusedWith } from './store.fixture.ts';

test('a full disk loses nothing: writes wait, deliveries still leave, and all is stored once there is room', async () => {
  const store = await opened(newFile(), { maxBytes: 400 * 1024 });
  const body = JSON.stringify('x'.repeat(8000));
  const stored: Promise<unknown>[] = [];
  const committed = () => Promise.race([stored.at(-1), new Promise(resolve => setTimeout(resolve, 20))]);
  while (store.healthy) {
    stored.push(store.record(event({ body }), null));
    await committed();
  }
  assert.match(store.problem ?? '', /does not take writes/);
  assert.ok(store.errors > 0);
  for (let i = 0; i < 100; i++) stored.push(store.record(event({ body }), null));
  let delivered = 0;
  for (let after = 0; delivered < stored.length; ) {
    const rows = await store.outbox('a', after, 10);
    await store.settle(
      'a',
      rows.map(({ row }) => row),
    );
    delivered += rows.length;
    after = rows.at(-1)?.row ?? after;
    if (rows.length === 0) await committed();
  }
  await Promise.all(stored);
  assert.is(store.problem, null);
  assert.is(store.pending, 0);
  assert.is(store.dropped, 0);
  await store.close();
});

test('what waits for a full disk is bounded; beyond it an event is refused and counted', async () => {
  const store = await opened(newFile(), { maxBytes: 200 * 1024, maxWaiting: 40 });
  const body = JSON.stringify('x'.repeat(8000));
  while (store.healthy) {
    void store.record(event({ body }), null);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  const promises = Array.from({ length: 60 }, () => store.record(event({ body }), null));
  await refusedWith('store.full', promises.at(-1)!);
  assert.ok(store.dropped >= 20);
  // Neither close nor the rejections that nobody awaits throw.
  await store.close();
});

test('a corrupt database is a clear error that names the file and leaves it alone', async () => {
  const file = newFile();
  writeFileSync(file, 'this is no database, however long it may go on about it '.repeat(200));
  const error = await refusedWith('store.corrupt', opened(file));
  assert.ok(error.message.includes(file));
  assert.is(statSync(file).size, 200 * 56);
});

test('a database with damaged pages is refused', async () => {
  const file = newFile();
  const store = await opened(file);
  for (let i = 0; i < 200; i++) void store.record(event({ body: 'x'.repeat(500) }), null);
  await store.close();
  const damaged = readFileSync(file);
  damaged.fill(0xff, 5 * 4096, 9 * 4096);
  writeFileSync(file, damaged);
  await refusedWith('store.corrupt', opened(file));
});

test('a database of a newer release is refused', async () => {
  const file = newFile();
  await (await opened(file)).close();
  const db = new SqliteDatabase(file);
  db.prepare('INSERT INTO migrations VALUES (?, ?, ?)').run(99, 'later', 0);
  db.close();
  await refusedWith('store.newer', opened(file));
});

test('a path that cannot be opened is a clear error', async () => {
  await refusedWith('store.unavailable', opened(join(folder, 'missing', 'x.db')));
});

test('the database is for its owner alone', async () => {
  const file = newFile();
  const store = await opened(file);
  await store.record(event(), null);
  for (const suffix of ['', '-wal', '-shm']) assert.is(statSync(file + suffix).mode & 0o077, 0, suffix);
  await store.close();
});

test('a closed store refuses requests, and closing it again is nothing', async () => {
  const store = await opened();
  const last = store.record(event(), null);
  await store.close();
  assert.type(await last, 'number');
  await store.close();
  await refusedWith('store.closed', store.record(event(), null));
  assert.is(store.healthy, false);
});

test('what was answered is there after kill -9', async () => {
  const file = newFile();
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', new URL('./store-crash.fixture.ts', import.meta.url).pathname, file],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = new Promise(resolve => child.once('exit', (_code, signal) => resolve(signal)));
  let answered = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    answered = Math.max(answered, Number(line));
    if (answered >= 3000) child.kill('SIGKILL');
  }
  assert.is(await exited, 'SIGKILL');
  const store = await opened(file);
  const rows = await store.outbox('a', 0, 100_000);
  assert.ok(rows.length >= answered, `${rows.length} of ${answered}`);
  assert.equal(
    rows.map(row => Number(row.body)),
    rows.map((_, index) => index + 1),
  );
  await store.close();
});

test('20,000 events are recorded at a rate and latency that are printed', async () => {
  const store = await opened();
  const body = JSON.stringify({ text: 'x'.repeat(350) });
  const latencies: number[] = [];
  const record = async (key: string) => {
    const sent = performance.now();
    await store.record(event({ key, body, targets: ['a', 'b'] }), null);
    latencies.push(performance.now() - sent);
  };
  const count = 10_000;
  const paced: Promise<void>[] = [];
  const pacedFrom = performance.now();
  while (paced.length < count) {
    const due = Math.min(count, (performance.now() - pacedFrom) * 5);
    while (paced.length < due) paced.push(record(`call:${paced.length >> 3}`));
    await new Promise(setImmediate);
  }
  await Promise.all(paced);
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(share * (count - 1))]!.toFixed(1);
  console.log(`  5,000 events/s, 2 targets each: commit p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  const burstFrom = performance.now();
  await Promise.all(Array.from({ length: count }, (_, index) => record(`call:${index >> 3}`)));
  console.log(`  as fast as it goes: ${Math.round((count / (performance.now() - burstFrom)) * 1000)} events/s`);
  assert.is(store.pending, 4 * count);
  await store.close();
});

test.run();
