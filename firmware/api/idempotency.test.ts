import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../base/errors.ts';
import { ManualClock } from '../base/manual-clock.ts';
import type { StoredAnswer } from '../store/rows.ts';
import { IdempotencyKeys } from './idempotency.ts';
import { keptNowhere } from './testing/kept-nowhere.ts';

function counted() {
  const clock = new ManualClock();
  const keys = new IdempotencyKeys(clock, keptNowhere);
  let runs = 0;
  const once = (owner: string, key: string | undefined, request: unknown = { to: 'bob' }) =>
    keys.once(owner, key, request, async () => ++runs);
  return { clock, keys, once };
}

test('a request that comes again with its key is done once, also while the first is under way', async () => {
  const { once } = counted();
  const first = once('a', 'k1');
  assert.equal(await Promise.all([first, once('a', 'k1'), once('a', 'k1')]), [1, 1, 1]);
  assert.is(await once('a', 'k1'), 1);
});

test('without a key, with another key or of another tenant it is another request', async () => {
  const { once } = counted();
  assert.equal([await once('a', undefined), await once('a', undefined)], [1, 2]);
  assert.equal([await once('a', 'k1'), await once('a', 'k2'), await once('b', 'k1')], [3, 4, 5]);
});

test('a key that comes with another request is refused', async () => {
  const { once } = counted();
  await once('a', 'k1');
  assert.throws(
    () => once('a', 'k1', { to: 'eve' }),
    (error: unknown) => isCrosspointError(error) && error.code === 'http.idempotency-mismatch',
  );
});

test('a request that failed may be tried again', async () => {
  const keys = new IdempotencyKeys(new ManualClock(), keptNowhere);
  const failing = keys.once('a', 'k', {}, async () => {
    throw new Error('no');
  });
  await failing.then(assert.unreachable, () => {});
  assert.is(await keys.once('a', 'k', {}, async () => 'yes'), 'yes');
});

function stored() {
  const rows = new Map<string, StoredAnswer>();
  const clock = new ManualClock();
  const store = {
    save: async (row: StoredAnswer) => void rows.set(row.id, row),
    delete: async (id: string) => void rows.delete(id),
    all: async () => [...rows.values()],
  };
  const restarted = async () => {
    const keys = new IdempotencyKeys(clock, store);
    await keys.start();
    return keys;
  };
  return { rows, clock, restarted };
}

test('an answer is given again after a restart, to the same request alone', async () => {
  const { rows, clock, restarted } = stored();
  const answer = { id: 'one' };
  assert.equal(await (await restarted()).once('a', 'k', 1, async () => answer), answer);
  const keys = await restarted();
  assert.equal(await keys.once('a', 'k', 1, async () => assert.unreachable()), answer);
  assert.throws(() => keys.once('a', 'k', 2, async () => 'other'), /another request/);
  clock.advance(24 * 3_600_000 + 1);
  assert.is(await (await restarted()).once('a', 'k', 2, async () => 'other'), 'other');
  assert.is(rows.size, 1);
});

test('a request that a crash cut off is not done again, and one that failed is', async () => {
  const { rows, restarted } = stored();
  const before = await restarted();
  void before.once('a', 'cut', 1, () => new Promise(() => {}));
  await before
    .once('a', 'failed', 1, async () => {
      assert.ok(rows.has('a\nfailed'), 'it is stored before it begins');
      throw new Error('no');
    })
    .then(assert.unreachable, () => {});
  const keys = await restarted();
  const isCutOff = (error: unknown) => isCrosspointError(error) && error.code === 'http.idempotency-cut-off';
  for (let n = 0; n < 2; n++)
    await keys
      .once<unknown>('a', 'cut', 1, async () => assert.unreachable())
      .then(
        () => assert.unreachable(),
        error => assert.ok(isCutOff(error), String(error)),
      );
  assert.is(await keys.once('a', 'failed', 1, async () => 'yes'), 'yes');
});

test('a key is kept for a day', async () => {
  const { clock, once } = counted();
  await once('a', 'k');
  clock.advance(24 * 3_600_000);
  assert.is(await once('a', 'k'), 1);
  clock.advance(1);
  assert.is(await once('a', 'k'), 2);
});

test('no number of keys makes it grow without bound; the oldest go first', async () => {
  const { once } = counted();
  for (let i = 1; i <= 10_001; i++) await once('a', `k${i}`);
  assert.is(await once('a', 'k10001'), 10_001);
  assert.is(await once('a', 'k1'), 10_002);
});

test('a key that is no key is refused', () => {
  const { once } = counted();
  for (const key of ['', ' ', 'a b', 'x'.repeat(256), 'ä'])
    assert.throws(
      () => once('a', key),
      (error: unknown) => isCrosspointError(error) && error.code === 'http.bad-request',
    );
});

test.run();
