import { Value } from 'typebox/value';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../base/manual-clock.ts';
import { HealthTeller } from './health-teller.ts';
import { MessageHeaders } from './message-headers.ts';
import type { MqttLink } from './mqtt-link.ts';
import { Retained } from './retained.ts';
import { HealthMessage } from './topics-box.ts';

/** A box whose health the test sets, and what is told of it. */
function newBox() {
  const clock = new ManualClock();
  const state = { draining: false, worker: true, limit: null as number | null, alerts: 0 };
  const retained = new Retained(clock, []);
  const told: HealthMessage[] = [];
  const link: MqttLink = {
    publish: ({ payload }) => told.push(JSON.parse(payload)),
    subscribe: () => {},
    unsubscribe: () => {},
    end: async () => {},
    drop: () => {},
  };
  retained.up(link);
  const teller = new HealthTeller({
    sources: {
      readiness: () => ({ ready: { sip: true, worker: state.worker, store: true }, draining: state.draining }),
      capacity: () => ({ calls: 1, legs: 2, limit: state.limit }),
      workers: async () => [],
      queue: () => ({ pending: 3, dropped: 0 }),
      alerts: () => state.alerts,
    },
    headers: new MessageHeaders({ box: 'b1', bootId: 'boot', clock }),
    retained,
    clock,
  });
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      clock.advance(1000);
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    }
  };
  return { state, told, teller, pass, clock };
}

test('health is told at once, when it changes, and every minute', async () => {
  const { state, told, teller, pass, clock } = newBox();
  teller.start();
  await pass(30);
  assert.is(told.length, 1);
  for (const change of [{ worker: false }, { draining: true }, { limit: 40 }, { alerts: 1 }]) {
    Object.assign(state, change);
    await pass(2);
  }
  assert.is(told.length, 5);
  await pass(60);
  assert.is(told.length, 6);
  for (const message of told)
    assert.ok(Value.Check(HealthMessage, message), JSON.stringify([...Value.Errors(HealthMessage, message)]));
  assert.equal(told.at(-1)?.ready, { sip: true, worker: false, store: true });
  assert.equal(told.at(-1)?.capacity, { calls: 1, legs: 2, limit: 40 });
  assert.equal(told.at(-1)?.load, { workerBusyRatio: null, tickLateUsP99: null });
  assert.equal(
    told.map(({ sequence }) => sequence),
    [1, 2, 3, 4, 5, 6],
  );
  teller.close();
  assert.is(clock.pendingTimers, 0);
});

test.run();
