import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NonInviteClientTransaction } from './non-invite-client.ts';
import { Bench, sampleRequest, sampleResponse } from './transactions.samples.ts';

function start(reliable = false) {
  const bench = new Bench();
  const bye = sampleRequest('BYE');
  const transaction = new NonInviteClientTransaction(bench.clientParts(bye, reliable));
  transaction.start();
  return { bench, bye, transaction };
}

test('Timer E doubles to T2 over UDP and Timer F ends the request at 32 s', () => {
  const { bench, transaction } = start();
  bench.clock.advance(31_999);
  assert.equal(bench.timesOf('BYE'), [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
  bench.clock.advance(1);
  assert.equal(bench.failure, { cause: 'timeout', timer: 'F' });
  assert.is(transaction.state, 'terminated');
  assert.is(bench.clock.pendingTimers, 0);
});

test('over TCP the request is sent once and Timer F still ends it', () => {
  const { bench } = start(true);
  bench.clock.advance(32_000);
  assert.equal(bench.timesOf('BYE'), [0]);
  assert.equal(bench.failure, { cause: 'timeout', timer: 'F' });
});

test('after a provisional response Timer E goes on at T2, and Timer F still holds', () => {
  const { bench, bye, transaction } = start();
  transaction.receive(sampleResponse(bye, 100));
  bench.clock.advance(32_000);
  assert.equal(bench.timesOf('BYE'), [0, 500, 4500, 8500, 12_500, 16_500, 20_500, 24_500, 28_500]);
  assert.equal(bench.heard, [100]);
  assert.equal(bench.failure, { cause: 'timeout', timer: 'F' });
});

test('repeated final responses are absorbed for T4 (Timer K)', () => {
  const { bench, bye, transaction } = start();
  transaction.receive(sampleResponse(bye, 200));
  transaction.receive(sampleResponse(bye, 200));
  assert.equal(bench.heard, [200]);
  bench.clock.advance(4999);
  assert.is(transaction.state, 'completed');
  bench.clock.advance(1);
  assert.is(transaction.state, 'terminated');
  assert.equal(bench.timesOf('BYE'), [0]);
  assert.is(bench.clock.pendingTimers, 0);
});

test('over TCP Timer K is zero', () => {
  const { bench, bye, transaction } = start(true);
  transaction.receive(sampleResponse(bye, 200));
  bench.clock.advance(0);
  assert.is(transaction.state, 'terminated');
});

test('a transport error ends the request and is told once', () => {
  const { bench, transaction } = start(true);
  transaction.transportFailed(new Error('refused'));
  transaction.transportFailed(new Error('again'));
  assert.is(bench.failure?.cause, 'transport');
  assert.is(bench.ended, 1);
  assert.is(bench.clock.pendingTimers, 0);
});

test.run();
