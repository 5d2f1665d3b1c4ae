import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SrtpPackets } from './srtp-packets.ts';

test('the key stream and the tag are those of the test vector that every SRTP library has', () => {
  // libsrtp's srtp_validate: master key and salt, plain and secured packet of AES_CM_128_HMAC_SHA1_80.
  const master = Buffer.from('e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6', 'hex');
  const plain = Buffer.from(`800f1234decafbadcafebabe${'ab'.repeat(16)}`, 'hex');
  const secured = '800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb';
  const packets = new SrtpPackets(master.toString('base64'));
  assert.is(packets.protect(plain).toString('hex'), secured);
  assert.equal(packets.unprotect(Buffer.from(secured, 'hex')), plain);
  const damaged = Buffer.from(secured, 'hex');
  damaged[20] = 0;
  assert.is(packets.unprotect(damaged), null);
  assert.is(packets.unprotect(Buffer.alloc(5)), null);
});

test.run();
