import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { overlaps } from './range-overlap.ts';

/** Ranges of owner 0, of owner 1, …; "inner in outer" for each overlap. */
const found = (...lists: string[][]) =>
  overlaps(lists.flatMap((list, owner) => list.map(range => ({ range, owner })))).map(
    ({ inner, outer }) => `${inner.range} in ${outer.range}`,
  );

const CASES: [lists: string[][], expected: string[]][] = [
  [[['203.0.113.0/24'], ['203.0.113.7']], ['203.0.113.7 in 203.0.113.0/24']],
  [[['192.0.2.1', '203.0.113.7'], ['203.0.113.0/24']], ['203.0.113.7 in 203.0.113.0/24']],
  [[['203.0.113.9/24'], ['203.0.113.8/24']], ['203.0.113.8/24 in 203.0.113.9/24']],
  [[['203.0.113.0/25'], ['203.0.113.128/25']], []],
  [[['203.0.113.0/24', '203.0.113.0/25', '203.0.113.1'], ['192.0.2.1']], []],
  [[['10.0.0.0/8', '10.1.0.0/16'], ['10.1.1.0/24']], ['10.1.1.0/24 in 10.0.0.0/8']],
  [[['::/0'], ['192.0.2.1']], []],
  [[['fd00::/8'], ['fd12::/16'], ['2001:db8::1']], ['fd12::/16 in fd00::/8']],
  [[['2001:db8::/32'], ['2001:db8:0:0:0:0:0:1']], ['2001:db8:0:0:0:0:0:1 in 2001:db8::/32']],
  [[['::ffff:192.0.2.0/120'], ['::ffff:c000:201']], ['::ffff:c000:201 in ::ffff:192.0.2.0/120']],
  [
    [['0.0.0.0/0'], ['10.0.0.1'], ['10.0.0.2']],
    ['10.0.0.1 in 0.0.0.0/0', '10.0.0.2 in 0.0.0.0/0'],
  ],
  [[[], ['192.0.2.1', 'nonsense']], []],
];

for (const [lists, expected] of CASES) {
  test(`overlaps of ${lists.map(list => list.join(' ')).join(' | ')}`, () => assert.equal(found(...lists), expected));
}

test('sixty thousand ranges are compared in a moment', () => {
  const ranges = Array.from({ length: 60_000 }, (_, n) => ({ range: `10.${n >> 8}.${n & 255}.0/24`, owner: n % 256 }));
  const start = process.cpuUsage().user;
  assert.equal(overlaps([...ranges, { range: '10.0.7.1', owner: 300 }]).length, 1);
  assert.ok(process.cpuUsage(undefined).user - start < 3_000_000);
});

test.run();
