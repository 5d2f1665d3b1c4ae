import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseMessage } from '../message/parse.ts';
import { InviteServerTransaction } from './invite-server.ts';
import { Bench, sampleRequest, sampleResponse } from './transactions.samples.ts';

function start(reliable = false) {
  const bench = new Bench();
  const invite = sampleRequest('INVITE');
  const transaction = new InviteServerTransaction(bench.serverParts(reliable));
  transaction.start(invite);
  return { bench, invite, transaction };
}

test('100 Trying goes out after 200 ms when the core has said nothing', () => {
  const { bench } = start();
  bench.clock.advance(199);
  assert.equal(bench.sent, []);
  bench.clock.advance(1000);
  assert.equal(bench.timesOf('100'), [200]);
});

for (const [given, returned] of [
  ['54.25', '54.25 0.200'],
  ['54', '54 0.200'],
  ['54. 1.5', '54. 0.200'],
  ['yesterday', undefined],
  ['1 2 3', undefined],
  ['', undefined],
] as const) {
  test(`a Timestamp of "${given}" comes back in the 100 as ${returned ?? 'nothing'} (§8.2.6.1)`, () => {
    const bench = new Bench();
    const invite = sampleRequest('INVITE');
    invite.headers.add('Timestamp', given);
    new InviteServerTransaction(bench.serverParts(false)).start(invite);
    bench.clock.advance(200);
    assert.is(parseMessage(bench.sent[0]?.bytes ?? Buffer.alloc(0)).headers.get('Timestamp'), returned);
  });
}

test('no 100 Trying once the core rings', () => {
  const { bench, invite, transaction } = start();
  transaction.respond(sampleResponse(invite, 180));
  bench.clock.advance(60_000);
  assert.equal(
    bench.sent.map(each => each.what),
    ['180'],
  );
});

test('a repeated INVITE gets the latest provisional response again', () => {
  const { bench, invite, transaction } = start();
  transaction.retransmitted();
  transaction.respond(sampleResponse(invite, 180));
  transaction.respond(sampleResponse(invite, 183));
  transaction.retransmitted();
  assert.equal(
    bench.sent.map(each => each.what),
    ['180', '183', '183'],
  );
});

test('Timer G repeats a failure over UDP, doubling to T2, until Timer H gives up at 32 s', () => {
  const { bench, invite, transaction } = start();
  transaction.respond(sampleResponse(invite, 486));
  bench.clock.advance(31_999);
  assert.equal(bench.timesOf('486'), [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
  assert.is(transaction.state, 'completed');
  bench.clock.advance(1);
  assert.is(transaction.state, 'terminated');
  assert.is(bench.clock.pendingTimers, 0);
});

test('over TCP a failure is sent once, again only for a repeated INVITE, and Timer H still holds', () => {
  const { bench, invite, transaction } = start(true);
  transaction.respond(sampleResponse(invite, 486));
  bench.clock.advance(10_000);
  transaction.retransmitted();
  assert.equal(bench.timesOf('486'), [0, 10_000]);
  bench.clock.advance(22_000);
  assert.is(transaction.state, 'terminated');
});

test('the ACK stops the repetition; further ones are absorbed until Timer I', () => {
  const { bench, invite, transaction } = start();
  transaction.respond(sampleResponse(invite, 486));
  bench.clock.advance(600);
  transaction.acknowledged();
  transaction.acknowledged();
  transaction.retransmitted();
  assert.is(transaction.state, 'confirmed');
  bench.clock.advance(4999);
  assert.is(transaction.state, 'confirmed');
  bench.clock.advance(1);
  assert.is(transaction.state, 'terminated');
  assert.equal(bench.timesOf('486'), [0, 500]);
  assert.is(bench.clock.pendingTimers, 0);
});

test('over TCP Timer I is zero', () => {
  const { bench, invite, transaction } = start(true);
  transaction.respond(sampleResponse(invite, 486));
  transaction.acknowledged();
  bench.clock.advance(0);
  assert.is(transaction.state, 'terminated');
});

test("after a 2xx repeated INVITEs are absorbed until Timer L; repeating the 2xx is the core's business", () => {
  const { bench, invite, transaction } = start();
  transaction.respond(sampleResponse(invite, 200));
  transaction.retransmitted();
  bench.clock.advance(1000);
  transaction.repeatSuccess();
  assert.equal(bench.timesOf('200'), [0, 1000]);
  bench.clock.advance(30_999);
  assert.is(transaction.state, 'accepted');
  bench.clock.advance(1);
  assert.is(transaction.state, 'terminated');
  transaction.repeatSuccess();
  assert.is(bench.timesOf('200').length, 2);
  assert.is(bench.clock.pendingTimers, 0);
});

test('once the core has its ACK there is no 2xx left to repeat', () => {
  const { bench, invite, transaction } = start();
  transaction.respond(sampleResponse(invite, 200));
  transaction.successConfirmed();
  transaction.repeatSuccess();
  assert.equal(bench.timesOf('200'), [0]);
});

test('a CANCEL reaches the core until the final response', () => {
  const { invite, transaction } = start();
  let cancelled = 0;
  transaction.whenCancelled = () => {
    cancelled += 1;
  };
  transaction.respond(sampleResponse(invite, 180));
  transaction.whenCancelled?.(sampleRequest('CANCEL'));
  transaction.respond(sampleResponse(invite, 200));
  assert.is(transaction.whenCancelled, null);
  assert.is(cancelled, 1);
});

test('the first final response is the only one', () => {
  const { bench, invite, transaction } = start();
  transaction.respond(sampleResponse(invite, 487));
  transaction.respond(sampleResponse(invite, 200));
  assert.equal(
    bench.sent.map(each => each.what),
    ['487'],
  );
});

test.run();
