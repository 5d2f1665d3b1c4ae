import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mutate, seededRandom } from '../sip/message/mutations.ts';
import { formatCrypto, newCrypto, parseCrypto } from './crypto-line.ts';

/** Of RFC 4568 §9.1's example: 16 bytes of key and 14 of salt. */
const KEY = 'WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
const GCM = Buffer.alloc(28, 3).toString('base64');
const CM_80 = 'AES_CM_128_HMAC_SHA1_80';
const CM_256 = Buffer.alloc(46, 3).toString('base64');
const GCM_256 = Buffer.alloc(44, 3).toString('base64');

const READ: [value: string, line: ReturnType<typeof parseCrypto>][] = [
  [`1 ${CM_80} inline:${KEY}|2^20|1:4 FEC_ORDER=FEC_SRTP`, null],
  [
    `1 ${CM_80} inline:${KEY}|2^20|1:4`,
    { tag: 1, suite: CM_80, key: KEY, lifetime: 2 ** 20, mki: { value: 1, bytes: 4 } },
  ],
  [`1 ${CM_80} inline:${KEY}|2^20`, { tag: 1, suite: CM_80, key: KEY, lifetime: 2 ** 20, mki: null }],
  [`7 ${CM_80} inline:${KEY}|1048576`, { tag: 7, suite: CM_80, key: KEY, lifetime: 1_048_576, mki: null }],
  [`1 ${CM_80} inline:${KEY}|1:4`, { tag: 1, suite: CM_80, key: KEY, lifetime: null, mki: { value: 1, bytes: 4 } }],
  [
    `2 aes_cm_128_hmac_sha1_32  INLINE:${KEY} WSH=64 -x=y`,
    { tag: 2, suite: 'AES_CM_128_HMAC_SHA1_32', key: KEY, lifetime: null, mki: null },
  ],
  [`3 AEAD_AES_128_GCM inline:${GCM}`, { tag: 3, suite: 'AEAD_AES_128_GCM', key: GCM, lifetime: null, mki: null }],
  [
    `3 AEAD_AES_128_GCM inline:${GCM.replaceAll('=', '')}`,
    { tag: 3, suite: 'AEAD_AES_128_GCM', key: GCM, lifetime: null, mki: null },
  ],
  [
    `4 AEAD_AES_256_GCM inline:${GCM_256}`,
    { tag: 4, suite: 'AEAD_AES_256_GCM', key: GCM_256, lifetime: null, mki: null },
  ],
  [
    `5 AES_256_CM_HMAC_SHA1_80 inline:${CM_256}|2^48`,
    { tag: 5, suite: 'AES_256_CM_HMAC_SHA1_80', key: CM_256, lifetime: 2 ** 48, mki: null },
  ],
  [
    `6 AES_256_CM_HMAC_SHA1_32 inline:${CM_256.replaceAll('=', '')}|4294967295:4`,
    { tag: 6, suite: 'AES_256_CM_HMAC_SHA1_32', key: CM_256, lifetime: null, mki: { value: 4_294_967_295, bytes: 4 } },
  ],
  [`1 AEAD_AES_256_GCM inline:${CM_256}`, null],
  [`1 AES_256_CM_HMAC_SHA1_80 inline:${GCM_256}`, null],
  // The worker looks for no longer identifier, and no value fits into fewer bytes than it has.
  [`1 ${CM_80} inline:${KEY}|1:5`, null],
  [`1 ${CM_80} inline:${KEY}|1:0`, null],
  [`1 ${CM_80} inline:${KEY}|256:1`, null],
  [`1 ${CM_80} inline:${KEY}|0`, null],
  [`1 ${CM_80} inline:${KEY}|2^49`, null],
  [`1 ${CM_80} inline:${KEY} UNENCRYPTED_SRTP`, null],
  [`1 ${CM_80} inline:${KEY} KDR=1`, null],
  [`1 ${CM_80} inline:${KEY};inline:${KEY}`, null],
  [`1 ${CM_80} inline:${KEY.slice(4)}`, null],
  [`1 ${CM_80} inline:${GCM}`, null],
  [`1 ${CM_80} inline:`, null],
  [`1 ${CM_80} uri:https://example.com/key`, null],
  [`1 F8_128_HMAC_SHA1_80 inline:${KEY}`, null],
  [`1 constructor inline:${KEY}`, null],
  [`x ${CM_80} inline:${KEY}`, null],
  [`-1 ${CM_80} inline:${KEY}`, null],
  [CM_80, null],
  ['', null],
];

for (const [value, line] of READ) {
  test(`${line ? 'a usable' : 'no usable'} a=crypto: ${value.replaceAll(KEY, 'KEY').replaceAll(GCM, 'GCM') || 'nothing'}`, () => {
    assert.equal(parseCrypto(value), line);
    if (line) assert.equal(parseCrypto(formatCrypto(line)), line, 'written and read again');
  });
}

test('a new key is as long as its suite wants it, and comes from the source that is handed in', () => {
  const sizes: number[] = [];
  const source = (size: number) => {
    sizes.push(size);
    return Buffer.alloc(size, 9);
  };
  assert.is(newCrypto(1, CM_80, source).key, Buffer.alloc(30, 9).toString('base64'));
  assert.is(newCrypto(1, 'AEAD_AES_128_GCM', source).key, Buffer.alloc(28, 9).toString('base64'));
  assert.equal(sizes, [30, 28]);
});

test('5,000 damaged lines are read or not, and what is read has a whole key', () => {
  const random = seededRandom(4568);
  const original = Buffer.from(`1 ${CM_80} inline:${KEY}|2^20 WSH=64`);
  let read = 0;
  for (let i = 0; i < 5000; i++) {
    const line = parseCrypto(mutate(original, random).toString());
    if (!line) continue;
    read++;
    assert.is(Buffer.from(line.key, 'base64').length, 30);
  }
  assert.ok(read > 20 && read < 4900, `${read} read`);
});

test.run();
