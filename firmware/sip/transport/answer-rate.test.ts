import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import { AnswerRate } from './answer-rate.ts';
import type { Source } from './hop.ts';
import { networkOf } from './source-network.ts';

const LIMITS = { perSecond: 2, burst: 4, perSecondInAll: 10, maxSources: 3 };
const from = (address: string): Source => ({ transport: 'udp', address, port: 5060 });

function taken(rate: AnswerRate, address: string, times: number): number {
  let count = 0;
  for (let i = 0; i < times; i++) if (rate.take(from(address))) count += 1;
  return count;
}

test('a source has its burst, then so many a second, whichever its port', () => {
  const clock = new ManualClock();
  const rate = new AnswerRate(clock, LIMITS);
  assert.is(taken(rate, '192.0.2.1', 10), 4);
  clock.advance(1000);
  assert.is(taken(rate, '192.0.2.1', 10), 2);
  clock.advance(60_000);
  assert.is(taken(rate, '192.0.2.1', 10), 4);
});

test('sources do not share, but all together have a limit, which forged addresses meet', () => {
  const clock = new ManualClock();
  const rate = new AnswerRate(clock, LIMITS);
  assert.is(taken(rate, '192.0.2.1', 9), 4);
  assert.is(taken(rate, '192.0.2.2', 9), 4);
  assert.is(taken(rate, '192.0.2.3', 9), 2);
  clock.advance(1000);
  let forged = 0;
  for (let i = 0; i < 1000; i++) forged += taken(rate, `198.51.100.${i}`, 1);
  assert.is(forged, 10);
});

test('all addresses of an IPv6 /64 are one source', () => {
  const rate = new AnswerRate(new ManualClock(), LIMITS);
  assert.is(taken(rate, '2001:db8:0:1::1', 3) + taken(rate, '2001:db8:0:1:ffff::2', 3), 4);
  assert.is(taken(rate, '2001:db8:0:2::1', 3), 3);
});

test('one that proves who it is is not held back', () => {
  const rate = new AnswerRate(new ManualClock(), { ...LIMITS, perSecondInAll: 1000 });
  for (let i = 0; i < 50; i++) {
    assert.is(taken(rate, '192.0.2.1', 2), 2);
    rate.proved(from('192.0.2.1'));
  }
});

test('networks are told apart however the address is written', () => {
  const cases: [address: string, network: string][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1:2:3:4:5:6:7', '0:1:2:3::/64'],
  ];
  for (const [address, network] of cases) assert.is(networkOf(address), network, address);
});

test.run();
