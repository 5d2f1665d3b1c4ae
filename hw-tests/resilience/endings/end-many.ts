import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as assert from 'uvu/assert';
import type { SipTimers } from '../../../firmware/sip/transaction/timers.ts';
import { emptied, NOTHING, startAgent } from '../../../firmware/sip/user-agent/user-agent.fixture.ts';
import { answerBy, newSeen } from './callee.ts';
import { endings, type World } from './endings.ts';
import { OddPeer } from './odd-peer.ts';

/** RFC 3261's proportions, 25 times as fast: 64·T1 is 1.28 s. */
const TIMERS: SipTimers = { t1: 20, t2: 160, t4: 200, trying: 8 };
const PARALLEL = 100;
/** Heap that may be left: code that was compiled meanwhile (1.1–1.3 MB after 2,000 to 12,000 calls), and of a call nothing. */
const MOST_BYTES = 1_500_000;
const MOST_BYTES_A_CALL = 50;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/**
 * Lets `calls` calls end in every way by turns, a hundred at a time, and looks for what they leave: nothing in either
 * user agent, and no memory.
 */
export async function endMany(calls: number): Promise<void> {
  const listeners = (['udp', 'tcp'] as const).map(transport => ({ transport, host: '127.0.0.1', port: 0 }));
  const caller = await startAgent({ timers: TIMERS, listeners });
  const callee = await startAgent({ timers: TIMERS });
  const odd = await OddPeer.open();
  const world: World = { caller, callee, odd };
  const seen = newSeen();
  answerBy(callee, seen);
  try {
    // Caches and compiled code.
    await round(world, Math.max(endings.length * 10, calls / 10));
    const before = heapBytes();
    const begun = performance.now();
    await round(world, calls);
    const seconds = (performance.now() - begun) / 1000;
    const grown = heapBytes() - before;
    console.log(
      `${calls} calls in ${seconds.toFixed(1)} s, ${(grown / 1000).toFixed(0)} KB are left; ` +
        [...seen.counts].map(([what, count]) => `${what} ${count}`).join(', '),
    );
    assert.ok(grown < MOST_BYTES + calls * MOST_BYTES_A_CALL, `${grown} bytes are left of ${calls} calls`);
    for (const what of ['our BYE 200', 'ack-timeout', 'cancelled: cancel', 'ended: remote'])
      assert.ok(seen.counts.has(what), `the callee saw "${what}"`);
  } finally {
    await Promise.all([caller.close(), callee.close(), odd.close()]);
  }
}

async function round(world: World, calls: number): Promise<void> {
  const wrong = new Map<string, number>();
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < calls; index = next++) {
      const ending = endings[index % endings.length];
      if (!ending) return;
      const end = await ending.run(world).catch((error: Error) => error.message);
      if (end === ending.expected) continue;
      const what = `${ending.name}: ${end}`;
      wrong.set(what, (wrong.get(what) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  assert.equal([...wrong], []);
  assert.equal(await emptied(world.caller), NOTHING);
  assert.equal(await emptied(world.callee), NOTHING);
}

function heapBytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
