import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seededRandom } from '../message/mutations.ts';
import type { SrvRecord } from './name-service.ts';
import { srvOrder } from './srv-order.ts';

const record = (target: string, priority: number, weight: number): SrvRecord => ({
  target,
  priority,
  weight,
  port: 5060,
});

const names = (records: readonly SrvRecord[]) => records.map(({ target }) => target).join(' ');

test('a lower priority always comes first, whatever the lot', () => {
  const records = [record('c', 30, 100), record('a', 10, 1), record('b', 20, 0)];
  for (const lot of [0, 0.5, 0.999_999]) assert.is(names(srvOrder(records, () => lot)), 'a b c');
});

test('among equals each comes first as often as its weight says', () => {
  const records = [record('most', 1, 60), record('some', 1, 30), record('few', 1, 10)];
  const random = seededRandom(1);
  const first = new Map<string, number>();
  for (let at = 0; at < 10_000; at++) {
    const target = srvOrder(records, random)[0]!.target;
    first.set(target, (first.get(target) ?? 0) + 1);
  }
  for (const { target, weight } of records) {
    const share = (first.get(target) ?? 0) / 100;
    assert.ok(Math.abs(share - weight) < 3, `${target}: ${share} %`);
  }
});

test('weight 0 has a small chance beside others, and each of several zeros comes out', () => {
  const random = seededRandom(2);
  let zeroFirst = 0;
  for (let at = 0; at < 10_000; at++) {
    if (srvOrder([record('zero', 1, 0), record('hundred', 1, 99)], random)[0]!.target === 'zero') zeroFirst += 1;
  }
  assert.ok(zeroFirst > 40 && zeroFirst < 200, `${zeroFirst} of 10,000`);
  assert.is(srvOrder([record('a', 1, 0), record('b', 1, 0), record('c', 1, 0)], random).length, 3);
});

test('nothing is lost and nothing comes twice', () => {
  const records = Array.from({ length: 50 }, (_, at) => record(`h${at}`, at % 3, at % 7));
  const ordered = srvOrder(records, seededRandom(3));
  assert.is(new Set(ordered.map(({ target }) => target)).size, 50);
  assert.is(names(srvOrder([], seededRandom(3))), '');
});

test.run();
