import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NonceTable } from './nonce-table.ts';

test('a full table forgets the nonce used first, and then takes no nonce as old as that one', () => {
  const table = new NonceTable(3);
  for (const [nonce, madeAt] of [
    ['a', 10],
    ['b', 20],
    ['c', 30],
    ['d', 40],
  ] as const)
    assert.ok(table.use(nonce, madeAt, 1), nonce);
  assert.is(table.size, 3);
  assert.not.ok(table.use('a', 10, 1), 'a replay');
  assert.not.ok(table.use('a', 10, 2), 'it cannot be told from a replay');
  assert.not.ok(table.use('z', 9, 1), 'older than what was forgotten');
  assert.ok(table.use('b', 20, 2), 'still known');
  assert.ok(table.use('e', 15, 1));
});

test('what is too old for everybody is dropped', () => {
  const table = new NonceTable(3);
  table.use('a', 10, 1);
  table.use('b', 20, 1);
  table.forget(20);
  assert.is(table.size, 1);
  assert.not.ok(table.use('b', 20, 1));
});

test('a count far ahead, and the largest one, move the window', () => {
  const table = new NonceTable(3);
  assert.ok(table.use('a', 1, 5));
  assert.ok(table.use('a', 1, 36));
  assert.not.ok(table.use('a', 1, 5), 'seen and still in the window');
  assert.not.ok(table.use('a', 1, 4), 'out of the window');
  assert.ok(table.use('a', 1, 0xffffffff));
  assert.ok(table.use('a', 1, 0xffffffff - 31));
  assert.not.ok(table.use('a', 1, 0xffffffff - 31));
  assert.not.ok(table.use('a', 1, 36));
  assert.not.ok(table.use('a', 1, 0));
});

test.run();
