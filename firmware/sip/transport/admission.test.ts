import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import { Admission } from './admission.ts';
import type { Source } from './hop.ts';

const trunk: Source = { transport: 'udp', address: '192.0.2.1', port: 5060 };
const stranger: Source = { transport: 'udp', address: '203.0.113.9', port: 5060 };

test('a source that is trusted may begin something', () => {
  const admission = new Admission(new ManualClock(), source => source.address === trunk.address);
  assert.is(admission.judge(trunk, Buffer.from('anything')), 'trusted');
  assert.is(admission.judge(stranger, Buffer.from('anything')), 'stranger');
});

test('a stranger is heard with a Call-ID that is held, however its line is written', () => {
  const admission = new Admission(new ManualClock(), () => false);
  admission.hold('abc@x');
  const known = ['Call-ID: abc@x', 'call-id:abc@x', 'i : abc@x', 'I:\tabc@x', 'CALL-ID: abc@x '];
  for (const line of known) {
    assert.is(admission.judge(stranger, Buffer.from(`BYE sip:a SIP/2.0\r\nVia: x\r\n${line}\r\n\r\n`)), 'known', line);
  }
  for (const line of ['Call-ID: abc', 'X-Call-ID: abc@x', 'Subject: Call-ID: abc@x', 'Call-ID abc@x', '']) {
    assert.is(admission.judge(stranger, Buffer.from(`BYE sip:a SIP/2.0\r\n${line}\r\n\r\n`)), 'stranger', line);
  }
});

test('a Call-ID is heard until everybody who held it has let go', () => {
  const admission = new Admission(new ManualClock(), () => false);
  const message = Buffer.from('BYE\r\nCall-ID: a\r\n');
  admission.hold('a');
  admission.hold('a');
  admission.release('a');
  assert.is(admission.judge(stranger, message), 'known');
  admission.release('a');
  assert.is(admission.judge(stranger, message), 'stranger');
  assert.is(admission.size, 0);
});

test('a hostile datagram costs no more than a look', () => {
  const admission = new Admission(new ManualClock(), () => false);
  for (const part of ['call-id', 'i ', '\n', 'call-id: ', ':', '\ncall-id\t\t']) {
    const flood = Buffer.from(part.repeat(Math.floor(65_000 / part.length)));
    const begun = performance.now();
    assert.is(admission.judge(stranger, flood), 'stranger');
    assert.ok(performance.now() - begun < 20, part);
  }
});

test.run();
