import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { backoffMs } from './backoff.ts';

const limits = { firstMs: 1000, lastMs: 300_000 };

test('waits double from the first to the last and stay there', () => {
  const waits = [1, 2, 3, 9, 10, 11, 1000].map(failures => backoffMs(failures, limits, 0));
  assert.equal(waits, [1000, 2000, 4000, 256_000, 300_000, 300_000, 300_000]);
});

test('chance takes away up to a fifth', () => {
  assert.is(backoffMs(1, limits, 0.5), 900);
  assert.is(backoffMs(1, limits, 0.9999), 800);
});

test.run();
