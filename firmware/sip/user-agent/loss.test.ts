import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LossyRelay } from './lossy-relay.fixture.ts';
import { ANSWER, emptied, FAST_TIMERS, NOTHING, place, startAgent } from './user-agent.fixture.ts';

/** RFC 3261's proportions, five times as fast: 64·T1 is 6.4 s, longer than a busy machine keeps a process waiting. */
const TIMERS = { ...FAST_TIMERS, t1: 100, t2: 800, t4: 1000 };
const CALLS = 300;
const APART_MS = 10;
const IMPAIRMENT = { loss: 0.3, duplicate: 0.1, reorder: 0.2 };

test('with 30 % loss both ways, doubled and overtaken packets, 99 % of 300 calls are answered, acknowledged and ended, and nothing is left', async () => {
  const caller = await startAgent({ timers: TIMERS });
  const callee = await startAgent({ timers: TIMERS });
  const relay = new LossyRelay([caller.listening[0]!.port, callee.listening[0]!.port], IMPAIRMENT, 20_261_120);
  await relay.start();
  try {
    const confirmed = new Set<string>();
    const ended = new Set<string>();
    callee.onInvite = invite => {
      invite.ring();
      invite.listener = {
        confirmed: () => void confirmed.add(invite.callId),
        ackTimeout: () => {},
        cancelled: () => {},
      };
      const dialog = invite.accept(ANSWER);
      if (dialog) dialog.listener = { ended: () => void ended.add(invite.callId) };
    };

    const endings = await Promise.all(
      Array.from({ length: CALLS }, async (_, index) => {
        // All at once, and again with each repetition, they would lose by full socket buffers what the relay lets through.
        await sleep(index * APART_MS);
        const outcome = await place(caller, relay.portFor(0)).outcome;
        if (outcome.kind === 'failed') return `${outcome.failure.cause} ${outcome.failure.timer}`;
        const { status } = await outcome.dialog.bye();
        return status === 200 ? 'complete' : 'timeout F';
      }),
    );
    const complete = endings.filter(ending => ending === 'complete').length;
    assert.ok(complete >= 297, `${complete} of ${CALLS} complete: ${endings.filter(ending => ending !== 'complete')}`);
    for (const ending of endings) assert.ok(['complete', 'timeout B', 'timeout F'].includes(ending), ending);
    assert.ok(ended.size >= 297 && confirmed.size > 0);
    const lossRatio = relay.dropped / (relay.dropped + relay.passed);
    assert.ok(relay.doubled > 100 && relay.delayed > 200, 'packets were doubled and delayed');
    assert.ok(relay.dropped > 600 && lossRatio > 0.25 && lossRatio < 0.35, `${lossRatio}`);

    assert.equal(await emptied(caller), NOTHING);
    assert.equal(await emptied(callee), NOTHING);
  } finally {
    await Promise.all([caller.close(), callee.close(), relay.close()]);
  }
});

test.run();
