import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import { Headers } from '../../sip/message/headers.ts';
import { parseUri } from '../../sip/message/uri.ts';
import type { RequestOutcome } from '../../sip/user-agent/out-of-dialog.ts';
import { FakeAgent, LOCAL, settled } from '../trunks.fixture.ts';
import { afterCheck, afterFailedCall, unknownHealth } from './target-health.ts';
import { WatchedTarget } from './watched-target.ts';

function answered(status: number): RequestOutcome {
  const hop = { transport: 'udp', address: '192.0.2.9', port: 5060 } as const;
  const [headers, body] = [new Headers(), Buffer.alloc(0)];
  return { kind: 'response', status, reason: 'Said', headers, body, hop, local: LOCAL, roundTripMs: 7, cseq: 1 };
}

const failed = (code: string): RequestOutcome => ({ kind: 'failed', code, message: 'what went wrong', cseq: 1 });

test('whoever answers is there, whatever the answer', () => {
  for (const status of [200, 301, 401, 403, 404, 405, 481, 486, 500, 501, 600]) {
    const health = afterCheck(unknownHealth(1), answered(status), 2);
    assert.equal([health.state, health.since, health.roundTripMs, health.reason], ['up', 2, 7, null], String(status));
  }
});

test('a target is down after two failures in a row, and says what was seen', () => {
  const cases: [RequestOutcome, string][] = [
    [answered(503), 'OPTIONS was answered 503 Said'],
    [answered(408), 'OPTIONS was answered 408 Said'],
    [failed('sip.timeout'), 'no answer to OPTIONS'],
    [failed('sip.send-failed'), 'what went wrong'],
    [failed('sip.target-unresolved'), 'what went wrong'],
  ];
  for (const [outcome, reason] of cases) {
    const up = afterCheck(unknownHealth(1), answered(200), 2);
    const once = afterCheck(up, outcome, 3);
    assert.equal([once.state, once.since, once.reason], ['up', 2, reason]);
    const twice = afterCheck(once, outcome, 4);
    assert.equal([twice.state, twice.since, twice.reason, twice.roundTripMs], ['down', 4, reason, null]);
    assert.is(afterCheck(twice, outcome, 5).since, 4);
    assert.is(afterCheck(twice, answered(404), 6).state, 'up');
    assert.is(afterCheck(afterCheck(once, answered(200), 4), outcome, 5).state, 'up');
  }
});

test('trouble of our own says nothing of the peer', () => {
  const up = afterCheck(unknownHealth(1), answered(200), 2);
  for (const code of ['sip.closed', 'sip.overloaded']) assert.is(afterCheck(up, failed(code), 3), up);
});

test('one call that found nobody there marks a target at once', () => {
  const down = afterFailedCall(afterCheck(unknownHealth(1), answered(200), 2), 3);
  assert.equal([down.state, down.since], ['down', 3]);
});

function watched(everyMs: number) {
  const agent = new FakeAgent();
  const clock = new ManualClock();
  const changes: string[] = [];
  const target = new WatchedTarget(
    {
      name: 't',
      uri: parseUri('sip:me@192.0.2.9:5070;transport=tcp'),
      requestUri: parseUri('sip:me@peer'),
      timeoutMs: 3000,
      media: null,
    },
    {
      agent: () => agent,
      clock,
      random: () => 0.5,
      everyMs,
      changed: ({ view }, before) => changes.push(`${before}>${view.state}`),
    },
  );
  return { agent, clock, changes, target };
}

test('a target is asked by OPTIONS again and again, one question at a time, and left alone after close', async () => {
  const { agent, clock, target, changes } = watched(60_000);
  let release: () => void = () => {};
  agent.answer = () =>
    new Promise(done => {
      release = () => done({ status: 404 });
    });
  target.start();
  clock.advance(999);
  assert.is(agent.sent.length, 1);
  clock.advance(600_000);
  await settled();
  assert.is(agent.sent.length, 1);
  assert.equal(
    [agent.sent[0]?.method, agent.sent[0]?.requestUri, agent.sent[0]?.target.port, agent.sent[0]?.timeoutMs],
    ['OPTIONS', 'sip:peer', 5070, 3000],
  );
  release();
  await settled();
  assert.equal(changes, ['unknown>up']);
  clock.advance(59_999);
  assert.is(agent.sent.length, 1);
  clock.advance(1);
  assert.is(agent.sent.length, 2);
  target.close();
  release();
  await settled();
  assert.is(clock.pendingTimers, 0);
});

test('a target that does not answer is asked again soon, and comes back with its first answer', async () => {
  const { agent, clock, target, changes } = watched(60_000);
  agent.answer = () => 'timeout';
  target.start();
  clock.advance(1000);
  await settled();
  clock.advance(10_000);
  await settled();
  assert.is(agent.sent.length, 2);
  assert.equal([target.isWell, target.view.reason], [false, 'no answer to OPTIONS']);
  agent.answer = () => ({ status: 200 });
  clock.advance(10_000);
  await settled();
  assert.equal(changes, ['unknown>down', 'down>up']);
  target.close();
});

test('a failed call has the target asked soon; where nobody asks, it is tried again after half a minute', async () => {
  const asked = watched(60_000);
  asked.target.start();
  asked.clock.advance(1000);
  await settled();
  asked.target.failed();
  assert.not(asked.target.isWell);
  asked.clock.advance(10_000);
  await settled();
  assert.ok(asked.target.isWell);
  asked.target.close();

  const { agent, clock, target, changes } = watched(0);
  target.start();
  target.failed();
  target.failed();
  clock.advance(29_999);
  assert.not(target.isWell);
  clock.advance(1);
  assert.equal([target.isWell, target.view.state, agent.sent.length], [true, 'unknown', 0]);
  assert.equal(changes, ['unknown>down', 'down>unknown']);
  assert.is(clock.pendingTimers, 0);
});

test.run();
