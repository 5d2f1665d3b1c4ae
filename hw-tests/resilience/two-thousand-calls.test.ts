import * as assert from 'uvu/assert';
import { metricValue, parseMetrics } from '../../firmware/monitoring/metrics/prometheus-text.fixture.ts';
import { heldBy, rowsOf } from '../rig/held.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';

const rig = new Rig({ needs: ['own', 'webhooks'] });
const CALLS = 1_000;
const WARM_UP = 200;

const rows = ({ events, deliveries, liveCalls }: ReturnType<typeof heldBy>) => events + deliveries + liveCalls;

/** What the SIP messages take that are kept to be looked at, up to 32 MB of all calls. */
async function tracesKb(): Promise<number> {
  const { text } = await rig.box.asOperator('GET', '/metrics');
  return metricValue(parseMetrics(text), 'crosspoint_sip_trace_bytes') / 1024;
}

/** Dials, waits for the answer, hangs up; `parallel` at a time. */
async function dialMany(count: number, parallel: number, uri: string): Promise<void> {
  const { application } = rig.box;
  let left = count;
  const lane = async () => {
    const session = await application.createSession();
    while (left-- > 0) {
      const { connectionId } = await application.dial(session, uri);
      await until('the answer', () => rig.webhook.ofConnection(connectionId).some(({ state }) => state === 'ACTIVE'));
      await application.hangUp(session, connectionId);
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
}

function callMany(count: number, rate: number): Promise<Sipp> {
  return Sipp.start({
    scenario: 'call',
    user: 'room-many',
    remote: rig.box.sipAddress,
    calls: count,
    rate,
    limitSeconds: 120,
    keys: { hold_ms: 100 },
  });
}

async function round(count: number): Promise<void> {
  const callee = await Sipp.start({ scenario: 'answer', calls: count, limitSeconds: 120 });
  const caller = await callMany(count, 40);
  await dialMany(count, 8, `sip:x@${callee.host}:${callee.port}`);
  await caller.succeeded(120_000);
  assert.is(caller.counts().successful, count);
  await Promise.all([caller.close(), callee.close()]);
  await rig.box.idle();
  await until('everything to be delivered', () => rowsOf(rig.own, 'events') === 0, { limitMs: 20_000, everyMs: 100 });
  rig.webhook.clear();
}

rig.test('2,000 calls set up and torn down, half of them placed and half taken, leave nothing behind', async () => {
  // Pools, caches and code settle during the first calls.
  await round(WARM_UP);
  const before = heldBy(rig.own);
  const ownBefore = before.serviceKb - (await tracesKb());
  const started = performance.now();
  await round(CALLS);
  const took = (performance.now() - started) / 1000;
  // A call is over a moment before its last events are recorded and delivered.
  await until('the last rows to go', () => rows(heldBy(rig.own)) === 0, { limitMs: 20_000, everyMs: 100 });
  const after = heldBy(rig.own);
  console.log(`${2 * CALLS} calls in ${took.toFixed(1)} s, ${((2 * CALLS) / took).toFixed(0)} a second`);
  assert.is(after.workerPorts, 0, 'no RTP port is open');
  assert.is(rows(after), 0, 'no row is left');
  assert.ok(after.serviceFiles <= before.serviceFiles + 2, 'open files of the service');
  assert.ok(after.workerFiles <= before.workerFiles + 1, 'open files of the worker');
  assert.is(after.workerThreads, before.workerThreads, 'threads of the worker');
  assert.ok(after.serviceThreads <= before.serviceThreads + 1, 'threads of the service');
  // Timers D, H and J keep transactions for 32 s; their memory comes back with the collection after that.
  // Asked once: who is asked every second has no idle moment to collect in.
  const traces = await tracesKb();
  await until('the memory to come back', () => heldBy(rig.own).serviceKb - traces < ownBefore + 8_000, {
    limitMs: 75_000,
    everyMs: 1_000,
    state: () => ({ ...heldBy(rig.own), ownBefore, traces }),
  });
  const settled = heldBy(rig.own);
  console.table({ before, after, settled });
  assert.ok(settled.workerKb < before.workerKb + 4_000, 'memory of the worker is flat');
});

rig.run();
