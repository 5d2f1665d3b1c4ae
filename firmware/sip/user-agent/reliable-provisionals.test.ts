import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import { SipParseError } from '../message/errors.ts';
import type { SipResponse } from '../message/message.ts';
import { RFC_TIMERS } from '../transaction/timers.ts';
import { sampleRequest, sampleResponse } from '../transaction/transactions.samples.ts';
import { parseRack, ReliableProvisionals } from './reliable-provisionals.ts';

function start() {
  const clock = new ManualClock();
  const sent: { atMs: number; status: number; rseq: number }[] = [];
  const state = { wanted: true, timedOut: 0 };
  const reliable = new ReliableProvisionals({
    clock,
    timers: RFC_TIMERS,
    inviteSeq: 7,
    send: ({ status, headers }) => sent.push({ atMs: clock.monotonic(), status, rseq: Number(headers.get('RSeq')) }),
    wanted: () => state.wanted,
    timedOut: () => {
      state.timedOut += 1;
    },
  });
  const add = (status: number, body = ''): SipResponse => {
    const response = { ...sampleResponse(sampleRequest('INVITE'), status), body: Buffer.from(body) };
    reliable.add(response);
    return response;
  };
  const prack = (rseq: number) => reliable.acknowledge({ rseq, cseq: 7, method: 'INVITE' });
  return { clock, sent, state, reliable, add, prack };
}

test('a reliable response is repeated from T1, doubling without an end, and given up after 64·T1 (RFC 3262 §3)', () => {
  const { clock, sent, state, add } = start();
  const response = add(183);
  assert.is(response.headers.get('Require'), '100rel');
  clock.advance(60_000);
  assert.equal(
    sent.map(({ atMs }) => atMs),
    [0, 500, 1500, 3500, 7500, 15_500, 31_500],
  );
  assert.is(new Set(sent.map(({ rseq }) => rseq)).size, 1);
  assert.is(state.timedOut, 1);
  assert.is(clock.pendingTimers, 0);
});

test('one is under way at a time; each that follows counts one more', () => {
  const { clock, sent, reliable, add, prack } = start();
  const first = add(180);
  add(183);
  assert.equal(
    sent.map(({ status }) => status),
    [180],
  );
  const { rseq } = sent[0]!;
  assert.ok(rseq >= 1 && rseq < 2 ** 31);
  assert.is(prack(rseq + 1), null);
  assert.is(reliable.acknowledge({ rseq, cseq: 8, method: 'INVITE' }), null);
  assert.is(reliable.acknowledge({ rseq, cseq: 7, method: 'UPDATE' }), null);
  assert.is(prack(rseq), first);
  assert.is(prack(rseq), null);
  reliable.proceed();
  assert.equal(
    sent.map(({ status }) => status),
    [180, 183],
  );
  assert.is(sent[1]?.rseq, rseq + 1);
  assert.ok(prack(rseq + 1));
  reliable.proceed();
  assert.is(clock.pendingTimers, 0);
});

test('no more than eight wait in line', () => {
  const { sent, reliable, add, prack } = start();
  for (let i = 0; i < 20; i++) add(183);
  for (let acknowledged = 0; prack(sent.at(-1)!.rseq); acknowledged++) {
    assert.ok(acknowledged < 20);
    reliable.proceed();
  }
  assert.is(sent.length, 9);
});

test('to settle is to wait for the one under way alone', () => {
  const { sent, reliable, add, prack } = start();
  add(183, 'v=0\r\n');
  add(180);
  assert.ok(reliable.holdsDescription);
  let settled = 0;
  reliable.settle(() => {
    settled += 1;
  });
  assert.is(settled, 0);
  prack(sent[0]!.rseq);
  assert.not(reliable.holdsDescription);
  reliable.proceed();
  assert.is(settled, 1);
  assert.is(sent.length, 1);
});

test('after the final response nothing is repeated, but a PRACK still finds its response', () => {
  const { clock, sent, state, reliable, add, prack } = start();
  add(180);
  reliable.quiet();
  clock.advance(60_000);
  assert.is(sent.length, 1);
  assert.is(state.timedOut, 0);
  assert.ok(prack(sent[0]!.rseq));
});

test('nobody is told what nobody waits for', () => {
  const { clock, sent, state, add } = start();
  add(180);
  state.wanted = false;
  clock.advance(500);
  assert.is(sent.length, 1);
});

test('RAck is read, and refused when it is something else', () => {
  assert.equal(parseRack(' 776656  1 INVITE'), { rseq: 776656, cseq: 1, method: 'INVITE' });
  for (const text of ['', '1', '1 2', 'a 2 INVITE', '1 -2 INVITE', '1 2 INVITE x', `${'9'.repeat(40)} 1 INVITE`])
    assert.throws(
      () => parseRack(text),
      (error: unknown) => error instanceof SipParseError,
      text,
    );
});

test.run();
