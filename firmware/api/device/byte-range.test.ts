import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { byteRange } from './byte-range.ts';

for (const [header, expected] of [
  [undefined, null],
  ['bytes=0-9', { first: 0, last: 9 }],
  ['bytes=90-', { first: 90, last: 99 }],
  ['bytes=-10', { first: 90, last: 99 }],
  ['bytes=-1000', { first: 0, last: 99 }],
  ['bytes=50-1000', { first: 50, last: 99 }],
  ['bytes=100-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=9-0', null],
  ['bytes=-', null],
  ['bytes=0-1,5-6', null],
  ['lines=1-2', null],
] as const) {
  test(`of 100 bytes "${header}" asks for ${JSON.stringify(expected)}`, () => {
    assert.equal(byteRange(header, 100), expected);
  });
}

test.run();
