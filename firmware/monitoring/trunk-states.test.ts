import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../base/manual-clock.ts';
import type { TrunkView } from '../trunks/trunk-view.ts';
import { startBox } from './box.fixture.ts';
import { Mosquitto } from './mosquitto.fixture.ts';
import { RemoteBroker } from './remote-broker.ts';
import { Subscriber } from './subscriber.fixture.ts';
import { TrunkMessage } from './topics-trunk.ts';
import { TrunkStates } from './trunk-states.ts';

const up: TrunkView = {
  name: 'carrier',
  state: 'up',
  since: 5,
  reason: null,
  targets: [{ target: 'sip:carrier.example', state: 'up', since: 4, reason: null, roundTripMs: 12.5 }],
  registration: { state: 'registered', since: 3, expiresAt: 99, reason: null },
  calls: { in: 1, out: 2 },
  refused: { 'policy.calls': 7 },
};
const down: TrunkView = { ...up, state: 'down', since: 6, reason: 'no answer to OPTIONS' };

test('a message says what stays true, and is not said again before something changes', () => {
  const states = new TrunkStates({ box: 'b/1', bootId: 'boot', clock: new ManualClock() });
  const packet = states.take(up);
  assert.equal([packet?.topic, packet?.qos, packet?.retain], ['crosspoint/b%2F1/trunk/carrier/state', 1, true]);
  const message: unknown = JSON.parse(packet?.payload ?? '');
  assert.ok(Value.Check(TrunkMessage, message), packet?.payload);
  assert.is(
    states.take({
      ...up,
      calls: { in: 0, out: 0 },
      refused: {},
      registration: up.registration && { ...up.registration, expiresAt: 200 },
    }),
    null,
  );
  assert.is(states.take({ ...up, targets: up.targets.map(target => ({ ...target, roundTripMs: 80 })) }), null);
  assert.ok(Value.Check(TrunkMessage, JSON.parse(states.take(down)?.payload ?? '')));
  states.take({ ...up, name: 'pbx', registration: null, targets: [] });
  assert.equal(
    states.all.map(({ topic }) => topic.split('/').at(-2)),
    ['carrier', 'pbx'],
  );
});

test('the state of a trunk is retained, told when it changes, and told again to a broker that was away', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trunk-states-'));
  const mosquitto = await new Mosquitto().start();
  const box = await startBox(join(folder, 'box.db'), {}, { broker: new RemoteBroker(mosquitto.url) });
  const topic = 'crosspoint/b1/trunk/carrier/state';
  box.monitoring.trunkChanged(up);
  const first = await new Subscriber().start(mosquitto.url, topic);
  await first.until(heard => heard.some(({ payload }) => payload.state === 'up'));
  box.monitoring.trunkChanged(down);
  await first.until(heard => heard.some(({ payload }) => payload.state === 'down'));
  const late = await new Subscriber().start(mosquitto.url, topic);
  await late.until(heard => heard.length > 0);
  assert.equal([late.heard[0]?.retain, late.heard[0]?.payload.reason], [true, 'no answer to OPTIONS']);
  await Promise.all([first.close(), late.close()]);

  // This broker keeps nothing on disk: what it retains after a restart comes from us.
  await mosquitto.stop();
  await mosquitto.start();
  const after = await new Subscriber().start(mosquitto.url, topic);
  await after.until(heard => heard.length > 0);
  assert.equal([after.heard[0]?.payload.state, after.heard[0]?.payload.since], ['down', 6]);
  await after.close();
  await box.close();
  await mosquitto.close();
  rmSync(folder, { recursive: true, force: true });
});

test.run();
