import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { median, percentile } from './statistics.ts';

test('a percentile is one of the values, by nearest rank, whatever their order', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.is(percentile(values, 0.5), 50);
  assert.is(percentile(values, 0.99), 99);
  assert.is(percentile(values, 1), 100);
  assert.is(percentile([7], 0.99), 7);
  assert.is(percentile([], 0.5), null);
});

test('a median leaves out what was not measured', () => {
  assert.is(median([3, null, 1, 2]), 2);
  assert.is(median([1, 2]), 1.5);
  assert.is(median([null]), null);
});

test.run();
