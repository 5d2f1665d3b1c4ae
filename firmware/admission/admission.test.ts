import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Load } from '../../pipelines/protocol/figures.ts';
import { CrosspointError } from '../base/errors.ts';
import { silentLog } from '../base/log.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { Admission } from './admission.ts';

const GB = 2 ** 30;

function loadOf(legs: number, busyRatio: number): Load {
  const none = { skippedTicks: 0, iceStrangers: 0, iceStreams: 0, iceStreamsRefused: 0 };
  return { legs, sessions: 1, busyRatio, tickLateUsP99: 100, tickLateUsMax: 200, ...none };
}

/** A box that is as the test says. */
async function box(first: { loads?: (Load | null)[]; openLegs?: number; freePorts?: number } = {}) {
  const clock = new ManualClock();
  const state = {
    loads: [loadOf(0, 0)] as (Load | null)[],
    openLegs: 0,
    freePorts: 1000,
    disk: GB,
    memory: GB,
    ...first,
  };
  const admission = new Admission({
    limits: { workerBusy: 0.8, workerLateMs: 40, memoryFreeBytes: 1000, diskFreeBytes: 1000 },
    media: {
      load: async () => state.loads,
      get openLegs() {
        return state.openLegs;
      },
      get freePorts() {
        return state.freePorts;
      },
    },
    machine: { memoryFreeBytes: () => state.memory, diskFreeBytes: async () => state.disk },
    calls: () => state.openLegs,
    clock,
    log: silentLog,
  });
  await admission.start();
  const seconds = async (count: number) => {
    for (let second = 0; second < count; second++) {
      clock.advance(1000);
      await new Promise(setImmediate);
    }
  };
  return { admission, state, clock, seconds };
}

function refusal(admission: Admission, legs = 1): CrosspointError | null {
  try {
    admission.admit(legs);
    return null;
  } catch (error) {
    if (error instanceof CrosspointError) return error;
    throw error;
  }
}

test('a box with room lets calls in', async () => {
  const { admission } = await box();
  assert.is(refusal(admission), null);
  assert.is(admission.refusing, null);
});

const reasons: [
  what: string,
  worsen: (state: { loads: (Load | null)[]; disk: number; memory: number }) => void,
  code: string,
][] = [
  ['a busy worker', state => Object.assign(state, { loads: [loadOf(0, 0.9)] }), 'media.worker-busy'],
  [
    'a late worker',
    state => Object.assign(state, { loads: [{ ...loadOf(0, 0), tickLateUsP99: 90_000 }] }),
    'media.worker-late',
  ],
  ['little memory', state => Object.assign(state, { memory: 10 }), 'call.memory-low'],
  ['a full disk', state => Object.assign(state, { disk: 10 }), 'store.disk-full'],
];
for (const [what, worsen, code] of reasons)
  test(`${what} is a reason that is told with a sentence and the seconds to wait, and that passes`, async () => {
    const { admission, state, seconds } = await box();
    const before = { ...state };
    worsen(state);
    await seconds(3);
    const error = refusal(admission);
    assert.is(error?.code, code);
    assert.ok(error?.retriable);
    assert.ok((error?.retryAfterS ?? 0) > 0);
    assert.match(error?.message ?? '', /[a-z]{4,}.* /);
    assert.is(admission.refused.get(admission.refusing ?? 'no-ports'), 1);
    Object.assign(state, before);
    await seconds(1);
    assert.is(refusal(admission), null);
  });

test('calls for help are let in, and do not count as refused', async () => {
  const { admission, state, seconds } = await box();
  state.loads = [loadOf(0, 0.95)];
  await seconds(3);
  admission.admit(1, () => true);
  assert.is(admission.refused.size, 0);
  assert.is(refusal(admission)?.code, 'media.worker-busy');
});

test('a call needs as many ports as it has legs', async () => {
  const { admission, state } = await box({ freePorts: 1 });
  assert.is(refusal(admission, 1), null);
  assert.is(refusal(admission, 2)?.code, 'media.no-port');
  state.freePorts = 0;
  assert.is(admission.refusing, 'no-ports');
});

test('one worker with room is enough, and one that is down says nothing', async () => {
  const { admission, seconds } = await box({ loads: [loadOf(10, 0.95), null, loadOf(10, 0.3)], openLegs: 20 });
  await seconds(3);
  assert.is(refusal(admission), null);
});

test('calls that come between two looks count with what a leg costs', async () => {
  const { admission, state } = await box({ loads: [loadOf(70, 0.7)], openLegs: 70 });
  state.openLegs = 79;
  assert.is(refusal(admission), null);
  state.openLegs = 81;
  assert.is(refusal(admission)?.code, 'media.worker-busy');
});

test('the capacity is what there is and what the workers still have room for, at the present cost of a leg', async () => {
  const { admission } = await box({ loads: [loadOf(20, 0.2), loadOf(20, 0.2)], openLegs: 40 });
  assert.equal(admission.capacity(), { calls: 40, legs: 40, limit: 160, boundBy: 'worker', refusing: null });
});

test('it is told to two digits, so that it does not change every second', async () => {
  const { admission } = await box({ loads: [loadOf(123, 0.2)], openLegs: 123 });
  assert.is(admission.capacity().limit, 490);
});

test('or what ports there are', async () => {
  const { admission } = await box({ loads: [loadOf(20, 0.02)], openLegs: 20, freePorts: 100 });
  assert.equal(admission.capacity(), { calls: 20, legs: 20, limit: 120, boundBy: 'ports', refusing: null });
});

test('it is not known before there were ten legs at a time, and stays known when they are gone', async () => {
  const { admission, state, seconds } = await box({ loads: [loadOf(9, 0.02)], openLegs: 9 });
  assert.is(admission.capacity().limit, null);
  state.loads = [loadOf(10, 0.02)];
  await seconds(1);
  state.loads = [loadOf(0, 0.001)];
  state.openLegs = 0;
  await seconds(1);
  assert.is(admission.capacity().limit, 400);
});

test('what it costs follows what is seen, slowly', async () => {
  const { admission, state, seconds } = await box({ loads: [loadOf(10, 0.1)], openLegs: 10 });
  assert.is(admission.capacity().limit, 80);
  state.loads = [loadOf(10, 0.2)];
  await seconds(1);
  assert.is(admission.capacity().limit, 72);
  await seconds(60);
  assert.is(admission.capacity().limit, 40);
});

test('closing leaves no timer', async () => {
  const { admission, clock } = await box();
  admission.close();
  assert.is(clock.pendingTimers, 0);
});

test.run();
