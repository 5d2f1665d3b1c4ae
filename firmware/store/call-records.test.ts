import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../base/clock.ts';
import type { CallId, EventId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { newEnd, newRecord } from '../records/call-record.fixture.ts';
import type { CallRecord } from '../records/call-record.ts';
import { CallRecords } from './call-records.ts';
import { Store } from './store.ts';

interface Context {
  folder: string;
  store: Store;
  records: CallRecords;
}
const test = suite<Context>('records of calls in the store');
const DAY_MS = 86_400_000;

test.before.each(async context => {
  context.folder = mkdtempSync(join(tmpdir(), 'records-'));
  context.store = await opened(context.folder);
  context.records = new CallRecords(context.store, 30, systemClock, silentLog);
});
test.after.each(async ({ folder, store, records }) => {
  records.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

async function opened(folder: string, maxCallRecords = 1000): Promise<Store> {
  const store = new Store({
    file: join(folder, 'x.db'),
    clock: systemClock,
    log: silentLog,
    limits: { maxCallRecords },
  });
  await store.start();
  return store;
}

/** The last event of a call, with its record. */
function end(store: Store, record: CallRecord): Promise<unknown> {
  const event = { id: randomUUID() as EventId, key: `call:${record.id}`, recordedAt: 1, targets: [], body: '{}' };
  const { id, project, createdAt } = record;
  return store.record(event, {
    kind: 'end',
    id: id as CallId,
    record: { id, project, createdAt, record: JSON.stringify(record) },
  });
}

function numbered(number: number, over: Partial<CallRecord> = {}): CallRecord {
  return newRecord({ id: `call-${number}`, createdAt: 1_000_000 + number, ...over });
}

async function idsOf(
  records: CallRecords,
  filter: Parameters<CallRecords['page']>[0],
  pageSize = 100,
): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of records.all(filter, pageSize)) ids.push(...page.map(({ record }) => record.id));
  return ids;
}

test('the record of a call is there with its last event, and after a restart', async context => {
  const record = numbered(1);
  await end(context.store, record);
  assert.equal(await context.records.get('call-1'), { record, media: null });
  await context.store.close();
  context.store = await opened(context.folder);
  const again = new CallRecords(context.store, 30, systemClock, silentLog);
  assert.equal((await again.get('call-1'))?.record, record);
  assert.is(await again.get('call-2'), null);
});

test('what was measured of its media comes with it', async ({ store, records }) => {
  await end(store, numbered(1));
  const media = { call: 'call-1', project: '46000001', endedAt: Date.now(), legs: [], problems: [] };
  await store.callMedia.save({
    call: 'call-1',
    project: '46000001',
    endedAt: Date.now(),
    record: JSON.stringify(media),
  });
  assert.equal((await records.get('call-1'))?.media, media);
  assert.equal((await records.page({}, null, 10)).calls[0]?.media, media);
});

test('pages follow each other from the newest to the oldest, each call once, also those of one moment', async ({
  store,
  records,
}) => {
  for (let number = 0; number < 25; number++)
    await end(store, numbered(number, { createdAt: 1_000_000 + (number >> 2) }));
  const all = await idsOf(records, {}, 4);
  assert.is(new Set(all).size, 25);
  assert.equal(all, await idsOf(records, {}, 100));
  assert.equal(all.slice(0, 2), ['call-24', 'call-23']);
});

test('a filter finds its calls however far they lie apart', async context => {
  await context.store.close();
  context.store = await opened(context.folder, 10_000);
  const { store } = context;
  const records = new CallRecords(store, 30, systemClock, silentLog);
  const wanted: string[] = [];
  const writes: Promise<unknown>[] = [];
  for (let number = 0; number < 5_000; number++) {
    const isWanted = number % 2_400 === 0;
    if (isWanted) wanted.unshift(`call-${number}`);
    const reason = newEnd(isWanted ? { code: '486', slug: 'busy-here' } : {});
    writes.push(end(store, numbered(number, { project: number % 2 === 0 ? '46000001' : '46000002', reason })));
  }
  await Promise.all(writes);
  assert.equal(await idsOf(records, { reason: 'busy-here' }), wanted);
});

test('time and project bound what is looked at', async ({ store, records }) => {
  for (let number = 0; number < 10; number++)
    await end(store, numbered(number, { project: number % 2 === 0 ? '46000001' : '46000002' }));
  assert.equal(await idsOf(records, { since: 1_000_003, until: 1_000_006 }), ['call-5', 'call-4', 'call-3']);
  assert.equal(await idsOf(records, { project: '46000002', until: 1_000_006 }), ['call-5', 'call-3', 'call-1']);
});

test('a call that is over is told before its record is on the disk, once', async ({ store, records }) => {
  const record = numbered(1);
  const stored = end(store, record);
  records.passing(record, stored);
  assert.equal(await idsOf(records, {}), ['call-1']);
  assert.ok(await records.get('call-1'));
  await stored;
  assert.equal(await idsOf(records, {}), ['call-1']);
});

test('the oldest make way beyond the number that is kept', async context => {
  await context.store.close();
  context.store = await opened(context.folder, 100);
  const records = new CallRecords(context.store, 30, systemClock, silentLog);
  for (let number = 0; number < 150; number++) void end(context.store, numbered(number));
  await end(context.store, numbered(150));
  const ids = await idsOf(records, {});
  assert.ok(ids.length <= 100 && ids.length > 90, String(ids.length));
  assert.is(ids[0], 'call-150');
});

test('a smaller number counts from the next start on', async context => {
  await Promise.all(Array.from({ length: 50 }, (_, number) => end(context.store, numbered(number))));
  await context.store.close();
  context.store = await opened(context.folder, 10);
  assert.is((await idsOf(new CallRecords(context.store, 30, systemClock, silentLog), {})).length, 10);
});

test('what is too old is deleted at the start, and every hour', async ({ store }) => {
  const clock = new ManualClock(100 * DAY_MS);
  const records = new CallRecords(store, 30, clock, silentLog);
  await end(store, numbered(1, { createdAt: 69 * DAY_MS }));
  await end(store, numbered(2, { createdAt: 70 * DAY_MS + 1 }));
  await end(store, numbered(3, { createdAt: 99 * DAY_MS }));
  await records.start();
  assert.equal(await idsOf(records, {}), ['call-3', 'call-2']);
  records.keepDays = 5;
  clock.advance(3_600_000);
  await store.targets();
  while ((await idsOf(records, {})).length > 1);
  assert.equal(await idsOf(records, {}), ['call-3']);
  records.close();
});

test.run();
