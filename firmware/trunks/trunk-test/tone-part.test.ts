import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TONE } from './rtp-probe.ts';
import { tonePart } from './tone-part.ts';

/** A packet of that period, from any sample of it. */
const packet = (period: readonly number[], from = 0) =>
  Buffer.from(Array.from({ length: 160 }, (_, at) => period[(at + from) % period.length] ?? 0));

test('our own tone is known again in both laws, wherever a packet begins', () => {
  for (const law of ['pcmu', 'pcma'] as const)
    for (let from = 0; from < 8; from++) assert.ok(tonePart(packet(TONE[law], from), law) > 0.95, `${law} ${from}`);
});

test('silence, noise, another tone and the other law are not our tone', () => {
  assert.is(tonePart(packet([0xff]), 'pcmu'), 0);
  assert.is(tonePart(packet([0xd5]), 'pcma'), 0);
  assert.is(tonePart(packet([0xff, 0xfe, 0x7f, 0x7e]), 'pcmu'), 0);
  const noise = Buffer.from(Array.from({ length: 160 }, (_, at) => (at * 7919 + ((at * at * 31) % 251)) & 0xff));
  assert.ok(tonePart(noise, 'pcmu') < 0.3);
  // 2 kHz.
  assert.ok(tonePart(packet([0xff, 0x9f, 0xff, 0x1f]), 'pcmu') < 0.05);
  assert.is(tonePart(Buffer.alloc(0), 'pcmu'), 0);
});

test.run();
