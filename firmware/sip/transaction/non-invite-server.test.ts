import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NonInviteServerTransaction } from './non-invite-server.ts';
import { Bench, sampleRequest, sampleResponse } from './transactions.samples.ts';

function start(reliable = false) {
  const bench = new Bench();
  const bye = sampleRequest('BYE');
  return { bench, bye, transaction: new NonInviteServerTransaction(bench.serverParts(reliable)) };
}

test('a repeated request gets nothing before there is an answer, and then the latest one', () => {
  const { bench, bye, transaction } = start();
  transaction.retransmitted();
  assert.equal(bench.sent, []);
  transaction.respond(sampleResponse(bye, 100));
  transaction.retransmitted();
  transaction.respond(sampleResponse(bye, 200));
  transaction.retransmitted();
  assert.equal(
    bench.sent.map(each => each.what),
    ['100', '100', '200', '200'],
  );
});

test('Timer J keeps the answer for 32 s over UDP', () => {
  const { bench, bye, transaction } = start();
  transaction.respond(sampleResponse(bye, 200));
  bench.clock.advance(31_999);
  assert.is(transaction.state, 'completed');
  bench.clock.advance(1);
  assert.is(transaction.state, 'terminated');
  assert.is(bench.clock.pendingTimers, 0);
});

test('over TCP Timer J is zero', () => {
  const { bench, bye, transaction } = start(true);
  transaction.respond(sampleResponse(bye, 200));
  bench.clock.advance(0);
  assert.is(transaction.state, 'terminated');
});

test('the first final response is the only one', () => {
  const { bench, bye, transaction } = start();
  transaction.respond(sampleResponse(bye, 200));
  transaction.respond(sampleResponse(bye, 500));
  assert.equal(
    bench.sent.map(each => each.what),
    ['200'],
  );
});

test.run();
