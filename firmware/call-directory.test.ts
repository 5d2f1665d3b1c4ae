import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallId, ProjectId } from './base/ids.ts';
import { ManualClock } from './base/manual-clock.ts';
import { callDirectory } from './call-directory.ts';
import { agreedSide, writtenLeg, writtenServices } from './calls/call.fixture.ts';
import { Call } from './calls/call.ts';
import type { Calls } from './calls/calls.ts';
import { newRecord } from './records/call-record.fixture.ts';
import type { CallFilter } from './records/record-filter.ts';
import type { CallRecords, KeptCall } from './store/call-records.ts';

function scene(live: number, past: number) {
  const clock = new ManualClock(1_000_000);
  const { services } = writtenServices(clock);
  const calls = Array.from({ length: live }, (_, number) => {
    const project = (number % 2 === 0 ? '46000001' : '46000002') as ProjectId;
    const ref = {
      id: `live-${number}` as CallId,
      project,
      session: null,
      connection: null,
      createdAt: clock.now() + number,
    };
    const side = agreedSide(writtenLeg(`leg-${number}`), 'PCMU');
    return new Call({ ref, direction: 'inbound', from: 'x', to: 'y' }, [side], services, async () => {});
  });
  const kept: KeptCall[] = Array.from({ length: past }, (_, number) => ({
    record: newRecord({ id: `past-${number}` }),
    media: null,
  }));
  const records = {
    get: async (id: string) => kept.find(({ record }) => record.id === id) ?? null,
    page: async (_filter: CallFilter, after: { row: number } | null, limit: number) => {
      const from = after?.row ?? 0;
      const next = from + limit < past ? { createdAt: 1, row: from + limit } : null;
      return { calls: kept.slice(from, from + limit), next };
    },
  };
  const book = { list: () => calls, get: (id: string) => calls.find(({ ref }) => ref.id === id) };
  const directory = callDirectory(book as unknown as Calls, records as unknown as CallRecords);
  const ids = async (query: Partial<Parameters<typeof directory.list>[0]>) => {
    const { items, next } = await directory.list({ state: 'live', limit: null, cursor: null, ...query });
    return { ids: items.map(({ id }) => id), next };
  };
  return { directory, calls, ids };
}

test('live calls alone are told all at once, those that began last first', async () => {
  const { ids } = scene(3, 3);
  assert.equal(await ids({}), { ids: ['live-2', 'live-1', 'live-0'], next: null });
  assert.equal((await ids({ project: '46000002' })).ids, ['live-1']);
  assert.equal((await ids({ state: 'DIALING' })).ids.length, 3);
  assert.equal((await ids({ state: 'ACTIVE' })).ids, []);
  assert.equal((await ids({ state: 'ended' })).ids, ['past-0', 'past-1', 'past-2']);
});

test('live and past calls are one list, in pages of any size', async () => {
  const { ids } = scene(3, 4);
  const expected = ['live-2', 'live-1', 'live-0', 'past-0', 'past-1', 'past-2', 'past-3'];
  for (const limit of [1, 2, 3, 4, 7, 100]) {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { ids: string[]; next: string | null } = await ids({ state: 'all', limit, cursor });
      assert.ok(page.ids.length <= limit);
      seen.push(...page.ids);
      cursor = page.next;
    } while (cursor !== null);
    assert.equal(seen, expected, `pages of ${limit}`);
  }
});

test('a page begins where the one before ended, whatever has ended meanwhile', async () => {
  const { ids, calls } = scene(3, 0);
  const { next } = await ids({ state: 'all', limit: 2 });
  calls.splice(1, 1);
  assert.equal((await ids({ state: 'all', limit: 2, cursor: next })).ids, ['live-0']);
});

test('a cursor that is none is refused', async () => {
  const { ids } = scene(0, 0);
  for (const cursor of ['x', 'l1', 'p1', 'p1.', "p1.2'--"])
    await ids({ cursor }).then(
      () => assert.unreachable(cursor),
      error => assert.is(error.code, 'http.bad-request', cursor),
    );
});

test('a past call is told in the shape of a live one, with its end, and with what was wrong', async () => {
  const { directory } = scene(1, 1);
  const live = await directory.get('live-0');
  const past = await directory.get('past-0');
  assert.equal(Object.keys(past ?? {}).sort(), Object.keys(live ?? {}).sort());
  assert.equal([live?.state, live?.result, live?.endedAt], ['DIALING', null, null]);
  assert.equal([past?.state, past?.result, past?.reason?.code, past?.verdict], ['HANGUP', 'completed', '700', null]);
  assert.is(past?.trace, '/device/calls/past-0/trace');
  assert.is(await directory.get('nobody'), undefined);
});

test.run();
