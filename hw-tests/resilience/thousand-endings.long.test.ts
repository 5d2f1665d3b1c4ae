import * as assert from 'uvu/assert';
import { freePort } from '../rig/free-ports.ts';
import { heldBy } from '../rig/held.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const rig = new Rig({ needs: ['own', 'webhooks'] });
/** Of each ending. */
const CALLS = 150;
const WARM_UP = 15;
const PARALLEL = 6;

interface Ending {
  /** Scenario of the callee; null: nobody is there. */
  readonly scenario: string | null;
  readonly keys?: Readonly<Record<string, string | number>>;
  /** Whether we hang up once it is in that state. */
  readonly hangUpAt?: 'RINGING' | 'ACTIVE';
  readonly last: string;
}

const endings: readonly Ending[] = [
  { scenario: 'answer', hangUpAt: 'ACTIVE', last: 'callDestroyed 700' },
  { scenario: 'answer-hang-up', keys: { hold_ms: 50 }, last: 'callDestroyed 700' },
  { scenario: 'reject', keys: { status: 486, phrase: 'Busy' }, last: 'callDestroyed 486' },
  { scenario: 'reject', keys: { status: 404, phrase: 'Nobody' }, last: 'callDestroyed 404' },
  { scenario: 'ring', hangUpAt: 'RINGING', last: 'callDestroyed 487' },
];

async function place(ending: Ending, count: number): Promise<string[]> {
  const { application } = rig.box;
  const { scenario, keys } = ending;
  const callee =
    scenario === null ? null : await Sipp.start({ scenario, calls: count, limitSeconds: 120, ...(keys && { keys }) });
  const uri = callee ? `sip:x@${callee.host}:${callee.port}` : `sip:x@127.0.0.1:${await freePort()};transport=tcp`;
  const wrong: string[] = [];
  let left = count;
  const lane = async () => {
    const session = await application.createSession();
    while (left-- > 0) {
      const { connectionId } = await application.dial(session, uri);
      const { hangUpAt } = ending;
      if (hangUpAt) {
        const reached = () => rig.webhook.ofConnection(connectionId).some(({ state }) => state === hangUpAt);
        await until(`the call to be ${hangUpAt}`, reached);
        await application.hangUp(session, connectionId);
      }
      const end = (await rig.webhook.story(connectionId)).map(briefly).at(-1) ?? 'nothing';
      if (end !== ending.last) wrong.push(`${scenario}: ${end}`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  await callee?.close();
  return wrong;
}

async function round(count: number): Promise<void> {
  const caller = await Sipp.start({
    scenario: 'call',
    user: 'room-many',
    remote: rig.box.sipAddress,
    calls: count,
    rate: 20,
    limitSeconds: 120,
    keys: { hold_ms: 100 },
  });
  const wrong: string[] = [];
  for (const ending of [...endings, { scenario: null, last: 'callDestroyed 503' }])
    wrong.push(...(await place(ending, count)));
  await caller.succeeded(120_000);
  await caller.close();
  assert.equal(wrong, []);
  await rig.box.idle();
  await until(
    'every event to be delivered',
    () => {
      const { events, deliveries, liveCalls } = heldBy(rig.own);
      return events + deliveries + liveCalls === 0;
    },
    { limitMs: 20_000, everyMs: 100 },
  );
  rig.webhook.clear();
}

rig.test('a thousand calls of a box that end in every way leave nothing behind', async () => {
  await round(WARM_UP);
  const before = heldBy(rig.own);
  await round(CALLS);
  const after = heldBy(rig.own);
  assert.is(after.workerPorts, 0, 'no RTP port is open');
  assert.ok(after.serviceFiles <= before.serviceFiles + 2, 'open files of the service');
  assert.ok(after.workerFiles <= before.workerFiles + 1, 'open files of the worker');
  // Timers D, H and J keep transactions for 32 s; their memory comes back with the collection after that.
  await until('the memory to come back', () => heldBy(rig.own).serviceKb < before.serviceKb + 12_000, {
    limitMs: 75_000,
    everyMs: 1_000,
    state: () => heldBy(rig.own),
  });
  console.table({ before, after, settled: heldBy(rig.own) });
});

rig.run();
