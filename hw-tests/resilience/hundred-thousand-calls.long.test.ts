import * as assert from 'uvu/assert';
import { heldBy } from '../rig/held.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';

const rig = new Rig({ needs: ['own'] });
const CALLS = 100_000;
const ROUND = 10_000;
const PER_SECOND = 100;

async function round(): Promise<void> {
  const caller = await Sipp.start({
    scenario: 'call',
    user: 'room-many',
    remote: rig.box.sipAddress,
    calls: ROUND,
    rate: PER_SECOND,
    limitSeconds: 300,
    traceMessages: false,
    keys: { hold_ms: 100 },
  });
  await caller.succeeded(310_000);
  await caller.close();
  await rig.box.idle();
}

rig.test('memory is flat over 100,000 calls', async () => {
  const held = [heldBy(rig.own)];
  for (let calls = ROUND; calls <= CALLS; calls += ROUND) {
    await round();
    held.push(heldBy(rig.own));
    console.log(calls, JSON.stringify(held.at(-1)));
  }
  // The first round fills pools, caches and the collector's head room.
  const settled = held[1];
  assert.ok(settled);
  await until('the memory to come back', () => heldBy(rig.own).serviceKb < settled.serviceKb + 8_000, {
    limitMs: 75_000,
    everyMs: 1_000,
    state: () => heldBy(rig.own),
  });
  const end = heldBy(rig.own);
  console.table({ settled, end });
  assert.ok(end.workerKb < settled.workerKb + 4_000, 'memory of the worker is flat');
  assert.ok(end.serviceFiles <= settled.serviceFiles + 2, 'open files of the service');
  assert.is(end.workerPorts, 0);
});

rig.run();
