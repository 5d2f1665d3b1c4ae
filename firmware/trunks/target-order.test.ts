import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { orderTargets } from './target-order.ts';

const order = (targets: string, share: number, turn: number, ill = '') =>
  orderTargets([...targets], share, turn, target => !ill.includes(target)).join('');

const CASES: [what: string, actual: () => string, expected: string][] = [
  ['no target', () => order('', 1, 3), ''],
  ['one target that is ill is tried all the same', () => order('a', 1, 3, 'a'), 'a'],
  ['without sharing the order is that of the list', () => order('abc', 1, 7), 'abc'],
  ['two share, first turn', () => order('abcd', 2, 0), 'abcd'],
  ['two share, second turn', () => order('abcd', 2, 1), 'bacd'],
  ['two share, third turn', () => order('abcd', 2, 2), 'abcd'],
  ['an ill one goes last', () => order('abcd', 2, 0, 'a'), 'bcda'],
  ['an ill back-up goes last', () => order('abcd', 2, 1, 'c'), 'badc'],
  ['all that share are ill', () => order('abcd', 2, 1, 'ab'), 'cdab'],
  ['all are ill: the order of the list', () => order('abcd', 2, 1, 'abcd'), 'abcd'],
  ['more share than there are', () => order('abc', 9, 2), 'cab'],
];

for (const [what, actual, expected] of CASES) test(what, () => assert.is(actual(), expected));

test('those that are well share evenly when one of them is not', () => {
  const first = [0, 1, 2, 3].map(turn => order('abc', 3, turn, 'a')[0]);
  assert.equal(first, ['b', 'c', 'b', 'c']);
});

test.run();
