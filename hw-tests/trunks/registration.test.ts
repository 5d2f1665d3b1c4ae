import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Kamailio } from '../rig/kamailio.ts';
import { Mosquitto } from '../rig/mosquitto.ts';
import { MqttListener } from '../rig/mqtt-listener.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';

const GRANTED_S = 4;
const registrar = await Kamailio.start({
  users: { 'the-box': 'the-secret', stranger: 'another' },
  maxExpiresS: GRANTED_S,
});
const broker = await Mosquitto.start();
const trunk = (name: string, password: string) => ({
  name,
  targets: [`sip:127.0.0.1:${registrar.port};timeout=2000`],
  auth: { username: name, password },
  register: { expiresSeconds: 60 },
  optionsSeconds: 1,
});

const rig = new Rig({
  needs: ['own'],
  box: {
    mqttUrl: broker.url,
    config: {
      builtinNumbers: { allowFrom: [] },
      trunks: [{ ...trunk('the-box', 'the-secret'), sources: ['127.0.0.1'] }, trunk('stranger', 'not-the-secret')],
      numbers: [{ number: 'the-box', to: { builtin: 'echo' } }],
    },
  },
});

test.after(async () => {
  await Promise.all([registrar.close(), broker.close()]);
});

interface State {
  readonly state: string;
  readonly reason: string | null;
  readonly targets: readonly { readonly state: string; readonly reason: string | null }[];
  readonly registration: { readonly state: string; readonly reason: string | null } | null;
}

/** What a client that comes now is told of a trunk: the message that the broker has kept. */
async function retained(name: string): Promise<State> {
  const operator = await MqttListener.open(broker.url);
  try {
    const { payload } = await operator.find(
      `the state of ${name}`,
      ({ topic, retained }) => topic === `crosspoint/test-box/trunk/${name}/state` && retained,
    );
    return payload as unknown as State;
  } finally {
    await operator.close();
  }
}

const becomes = (name: string, what: string, test: (state: State) => boolean, limitMs = 15_000) =>
  until(`${name} to be ${what}`, async () => test(await retained(name)), {
    limitMs,
    everyMs: 100,
    state: () => retained(name),
  });

const times = (text: string) => registrar.output().split(text).length - 1;
const isUp = ({ state, registration }: State) => state === 'up' && registration?.state === 'registered';

/** A call through the registrar to whoever registered. */
async function rings(): Promise<void> {
  const remote = { host: '127.0.0.1', port: registrar.port };
  const caller = rig.keep(await Sipp.start({ scenario: 'call', remote, user: 'the-box', keys: { hold_ms: 300 } }));
  await caller.succeeded();
  await rig.box.idle();
}

rig.test('a trunk registers with its password, is up, and is called by the name that it registered', async () => {
  await becomes('the-box', 'up', isUp);
  await rings();
});

rig.test(
  'it registers again when 85 % of the granted time are over, without being asked for its password each time',
  async () => {
    const [registers, challenges] = ['registers the-box', 'challenged the-box'];
    const at: number[] = [];
    const from = times(registers);
    const challenged = times(challenges);
    for (let n = 1; n <= 3; n++) {
      await until('the next REGISTER', () => times(registers) >= from + n, { limitMs: 6_000, everyMs: 5 });
      at.push(performance.now());
    }
    const [one = 0, two = 0, three = 0] = at;
    for (const ms of [two - one, three - two])
      assert.ok(Math.abs(ms - GRANTED_S * 850) < 250, `renewed after ${Math.round(ms)} ms of ${GRANTED_S} s`);
    assert.is(times(challenges) - challenged, 0);
  },
);

rig.test('a wrong password is said as such, and not tried again and again', async () => {
  await becomes('stranger', 'refused', ({ registration }) => registration?.state === 'failed');
  const { state, reason, registration } = await retained('stranger');
  assert.is(state, 'down');
  assert.match(`${reason} ${registration?.reason}`, /not registered: password refused \(401/);
  const before = times('challenged stranger');
  await sleep(4_000);
  assert.is(times('challenged stranger'), before);
  assert.ok(before <= 2, `${before}`);
});

rig.test(
  'a registrar that is gone is told of, with the reason, and of one that comes back it is known at once',
  async () => {
    await registrar.stop();
    await becomes('the-box', 'down', ({ state, targets }) => state === 'down' && targets[0]?.state === 'down');
    const gone = await retained('the-box');
    assert.match(`${gone.reason}`, /not registered: no answer to REGISTER|the registration has run out|refused/);
    assert.match(`${gone.targets[0]?.reason}`, /no answer to OPTIONS|refused/i);
    await registrar.start();
    // It has forgotten everybody: only a new registration lets the call through.
    await becomes('the-box', 'up again', isUp, 20_000);
    await rings();
  },
);

rig.run();
