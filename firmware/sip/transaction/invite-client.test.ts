import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseMessage } from '../message/parse.ts';
import { InviteClientTransaction } from './invite-client.ts';
import { Bench, sampleRequest, sampleResponse } from './transactions.samples.ts';

function start(reliable = false) {
  const bench = new Bench();
  const invite = sampleRequest('INVITE');
  const transaction = new InviteClientTransaction(bench.clientParts(invite, reliable));
  transaction.start();
  return { bench, invite, transaction };
}

test('Timer A repeats an INVITE over UDP after 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s, and Timer B ends it at 32 s', () => {
  const { bench, transaction } = start();
  bench.clock.advance(31_999);
  assert.equal(bench.timesOf('INVITE'), [0, 500, 1500, 3500, 7500, 15_500, 31_500]);
  assert.is(bench.failure, null);
  bench.clock.advance(1);
  assert.equal(bench.failure, { cause: 'timeout', timer: 'B' });
  assert.is(transaction.state, 'terminated');
  assert.is(bench.ended, 1);
  assert.is(bench.clock.pendingTimers, 0);
});

test('over TCP an INVITE is sent once, and Timer B still ends it', () => {
  const { bench } = start(true);
  bench.clock.advance(32_000);
  assert.equal(bench.timesOf('INVITE'), [0]);
  assert.equal(bench.failure, { cause: 'timeout', timer: 'B' });
});

test('a provisional response stops Timer A and B: the callee may ring for minutes', () => {
  const { bench, invite, transaction } = start();
  transaction.receive(sampleResponse(invite, 180));
  transaction.receive(sampleResponse(invite, 183));
  bench.clock.advance(600_000);
  assert.equal(bench.timesOf('INVITE'), [0]);
  assert.equal(bench.heard, [180, 183]);
  assert.is(transaction.state, 'proceeding');
});

test('a failure is acknowledged on the same branch, again for each repetition, until Timer D', () => {
  const { bench, invite, transaction } = start();
  transaction.receive(sampleResponse(invite, 486));
  transaction.receive(sampleResponse(invite, 486));
  assert.equal(bench.heard, [486]);
  assert.is(bench.timesOf('ACK').length, 2);
  const ack = parseMessage(bench.sent.at(-1)!.bytes);
  assert.is(ack.headers.get('Via'), invite.headers.get('Via'));
  assert.is(ack.headers.get('Route'), '<sip:proxy.example.com;lr>');
  assert.is(ack.headers.get('CSeq'), '7 ACK');
  assert.is(ack.headers.get('To'), '<sip:bob@example.com>;tag=b1');
  bench.clock.advance(31_999);
  assert.is(transaction.state, 'completed');
  bench.clock.advance(1);
  assert.is(transaction.state, 'terminated');
  assert.is(bench.clock.pendingTimers, 0);
});

test('over TCP Timer D is zero', () => {
  const { bench, invite, transaction } = start(true);
  transaction.receive(sampleResponse(invite, 603));
  bench.clock.advance(0);
  assert.is(transaction.state, 'terminated');
  assert.is(bench.timesOf('ACK').length, 1);
});

for (const reliable of [false, true]) {
  test(`every 2xx goes up until Timer M, and no ACK is sent from here (${reliable ? 'TCP' : 'UDP'})`, () => {
    const { bench, invite, transaction } = start(reliable);
    transaction.receive(sampleResponse(invite, 200));
    transaction.receive(sampleResponse(invite, 200));
    transaction.receive(sampleResponse(invite, 200, 'another-branch'));
    transaction.receive(sampleResponse(invite, 486));
    assert.equal(bench.heard, [200, 200, 200]);
    assert.equal(bench.timesOf('ACK'), []);
    bench.clock.advance(32_000);
    assert.is(transaction.state, 'terminated');
    assert.is(bench.failure, null);
    assert.is(bench.clock.pendingTimers, 0);
  });
}

test('a transport error ends the transaction and is told', () => {
  const { bench, transaction } = start(true);
  transaction.transportFailed(new Error('refused'));
  assert.is(bench.failure?.cause, 'transport');
  assert.is(bench.clock.pendingTimers, 0);
});

test('a transport error after the final response changes nothing', () => {
  const { bench, invite, transaction } = start();
  transaction.receive(sampleResponse(invite, 200));
  transaction.transportFailed(new Error('late'));
  assert.is(bench.failure, null);
  assert.is(transaction.state, 'accepted');
});

test('terminate stops everything, twice as well as once', () => {
  const { bench, invite, transaction } = start();
  transaction.terminate();
  transaction.terminate();
  transaction.receive(sampleResponse(invite, 200));
  assert.is(bench.ended, 1);
  assert.equal(bench.heard, []);
  assert.is(bench.clock.pendingTimers, 0);
});

test.run();
