import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Bencoded, bdecode, bencode } from './bencode.ts';

const pairs: readonly (readonly [Bencoded, string])[] = [
  ['ping', '4:ping'],
  ['', '0:'],
  ['µ', '2:µ'],
  [-42, 'i-42e'],
  [['a', 1, []], 'l1:ai1elee'],
  [{ result: 'ok', codec: { mask: ['PCMU'] } }, 'd5:codecd4:maskl4:PCMUee6:result2:oke'],
];

test('values are written with sorted keys and lengths in bytes, and read back', () => {
  for (const [value, text] of pairs) {
    assert.is(bencode(value), text);
    assert.equal(bdecode(Buffer.from(text)), value);
  }
});

test('a message that is cut off or is no bencode is refused, never waited for', () => {
  const whole = Buffer.from('d5:codecd4:maskl4:PCMUee6:result2:oke');
  for (let length = 0; length < whole.length; length++)
    assert.throws(() => bdecode(whole.subarray(0, length)), /bencode/, `${length} bytes`);
  for (const wrong of ['x', '-1:a', 'i1.5e', 'ie', 'd1:ae', 'di1e1:ae', '4:pingx', '99:a'])
    assert.throws(() => bdecode(Buffer.from(wrong)), /bencode/, wrong);
});

test.run();
