import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SrtpSuite } from '../../../pipelines/protocol/leg-media.ts';
import { newCrypto } from '../../sdp/crypto-line.ts';
import { SrtpPackets } from './srtp-packets.ts';

const PLAIN = Buffer.from(`800f1234decafbadcafebabe${'ab'.repeat(16)}`, 'hex');

/** Of libsrtp's srtp_validate and srtp_validate_gcm, and the same with the master key of RFC 6188 §7.2. */
const KNOWN: [suite: SrtpSuite, master: string, secured: string][] = [
  [
    'AES_CM_128_HMAC_SHA1_80',
    'e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6',
    '4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb',
  ],
  [
    'AES_256_CM_HMAC_SHA1_80',
    'f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b63b04803de51ee7c96423ab5b78d2',
    'f1d9de17ff251ff1aa007774b0b4b40da08d9d9a5b3a55d8873b',
  ],
  [
    'AEAD_AES_128_GCM',
    '000102030405060708090a0b0c0d0e0fa0a1a2a3a4a5a6a7a8a9aaab',
    'c5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392',
  ],
];

for (const [suite, master, secured] of KNOWN) {
  test(`${suite}: the packet that every SRTP library is tested with`, () => {
    const packets = new SrtpPackets({ suite, key: Buffer.from(master, 'hex').toString('base64') });
    assert.is(packets.protect(PLAIN).toString('hex'), `800f1234decafbadcafebabe${secured}`);
    assert.equal(packets.unprotect(packets.protect(PLAIN)), PLAIN);
  });
}

for (const { const: suite } of SrtpSuite.anyOf) {
  test(`${suite}: nothing but what was protected is opened, with and without an identifier`, () => {
    const { key } = newCrypto(1, suite, size => Buffer.alloc(size, 7));
    for (const mki of [{}, { mki: { value: 258, bytes: 3 } }]) {
      const packets = new SrtpPackets({ suite, key, ...mki });
      const secured = packets.protect(PLAIN);
      assert.equal(packets.unprotect(secured), PLAIN);
      for (let at = 0; at < secured.length; at++) {
        const damaged = Buffer.from(secured);
        damaged[at] = (damaged[at] ?? 0) ^ 1;
        assert.is(packets.unprotect(damaged), null, `byte ${at}`);
        assert.is(packets.unprotect(secured.subarray(0, at)), null);
      }
    }
  });
}

test.run();
