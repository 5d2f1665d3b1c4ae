import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import type { Hop } from '../transport/hop.ts';
import { HopFailures } from './hop-failures.ts';

const hop = (address: string, transport: Hop['transport'] = 'udp'): Hop => ({ transport, address, port: 5060 });
const [A, B, C] = [hop('192.0.2.1'), hop('192.0.2.2'), hop('192.0.2.3')];

test('what failed comes last, each in its own order; what answers again has its place back', () => {
  const failures = new HopFailures(new ManualClock());
  failures.add(A);
  failures.add(B);
  assert.equal(failures.order([A, B, C]), [C, A, B]);
  failures.remove(A);
  assert.equal(failures.order([A, B, C]), [A, C, B]);
});

test('when all have failed the list is as it was', () => {
  const failures = new HopFailures(new ManualClock());
  for (const each of [B, A]) failures.add(each);
  assert.equal(failures.order([A, B]), [A, B]);
});

test('another transport, port or TLS name is another hop', () => {
  const failures = new HopFailures(new ManualClock());
  failures.add(A);
  const others = [hop('192.0.2.1', 'tcp'), { ...A, port: 5061 }, { ...A, serverName: 'example.com' }];
  for (const other of others) assert.equal(failures.order([other, C]), [other, C]);
});

test('a failure is forgotten after half a minute, counted from the last one', () => {
  const clock = new ManualClock();
  const failures = new HopFailures(clock);
  failures.add(A);
  clock.advance(20_000);
  failures.add(A);
  clock.advance(29_999);
  assert.equal(failures.order([A, B]), [B, A]);
  clock.advance(1);
  assert.equal(failures.order([A, B]), [A, B]);
  assert.is(failures.size, 0);
});

test('a bounded number is remembered', () => {
  const failures = new HopFailures(new ManualClock());
  for (let at = 0; at < 3_000; at++) failures.add({ ...A, port: at });
  assert.is(failures.size, 1_024);
});

test.run();
