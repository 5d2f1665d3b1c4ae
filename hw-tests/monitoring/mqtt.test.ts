import mqtt from 'mqtt';
import * as assert from 'uvu/assert';
import { MqttListener } from '../rig/mqtt-listener.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until, within } from '../rig/until.ts';

const rig = new Rig();

const listen = async () => rig.keep(await MqttListener.open(rig.box.facts.mqttUrl));

/** "callCreated", "RINGING", "callDestroyed 700". */
function inWords({ event, state, reason }: Readonly<Record<string, unknown>>): string {
  if (event === 'callUpdated') return String(state);
  return event === 'callDestroyed' ? `${event} ${(reason as { code: string }).code}` : String(event);
}

rig.test('whoever subscribes is told at once that the box is online', async () => {
  const operator = await listen();
  const status = await operator.find('the status', ({ topic }) => topic === `crosspoint/${rig.box.facts.name}/status`);
  assert.is(status.payload.online, true);
  assert.is(status.retained, true);
});

rig.test('the events of a call come in order, on a topic of their project and call', async () => {
  const { application } = rig.box;
  const operator = await listen();
  const phone = await startPhone(rig, { frequencyHz: 400 });
  const session = await application.createSession();
  const { id, connectionId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  await application.hangUp(session, connectionId);
  const topic = `crosspoint/${rig.box.facts.name}/project/${application.apiKey}/call/${id}/event`;
  await operator.find('callDestroyed', message => message.topic === topic && message.payload.event === 'callDestroyed');
  const told = operator.messages.filter(message => message.topic === topic);
  assert.equal(
    told.map(({ payload }) => inWords(payload)),
    ['callCreated', 'DIALING', 'RINGING', 'ACTIVE', 'HANGUP', 'callDestroyed 700'],
  );
  for (const { payload, qos } of told) {
    assert.is(qos, 1);
    assert.equal([payload.version, payload.box, payload.project], [1, rig.box.facts.name, application.apiKey]);
    assert.type(payload.time, 'number');
  }
  const sequences = told.map(({ payload }) => payload.sequence as number);
  assert.equal(
    sequences,
    [...sequences].sort((a, b) => a - b),
  );
  assert.is(new Set(told.map(({ payload }) => payload.id)).size, told.length);
  assert.is(new Set(told.map(({ payload }) => payload.bootId)).size, 1);
});

rig.test('telemetry comes every ten seconds, with figures of the machine and of the calls', async () => {
  const operator = await listen();
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 400 });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  const topic = `crosspoint/${rig.box.facts.name}/telemetry`;
  await operator.find('telemetry', message => message.topic === topic, 11_000);
  const first = operator.messages.findLast(message => message.topic === topic);
  await until('the next one', () => operator.messages.filter(message => message.topic === topic).length === 2, {
    limitMs: 11_000,
  });
  const second = operator.messages.findLast(message => message.topic === topic);
  assert.ok(first && second);
  const period = (second.payload.time as number) - (first.payload.time as number);
  assert.ok(Math.abs(period - 10_000) < 500, `${period} ms`);
  const text = JSON.stringify(second.payload);
  for (const name of ['cpu', 'load', 'memory', 'temperatureCelsius', 'disk', 'network', 'calls', 'legs', 'workers']) {
    assert.ok(name in second.payload, `${name} in ${text}`);
  }
  assert.is(second.payload.calls, 1, text);
  assert.is(second.payload.legs, 1, text);
  await application.hangUp(session, connectionId);
});

rig.test('strangers and wrong passwords are turned away, and a reader cannot publish', async () => {
  const { protocol, host, username, password } = new URL(rig.box.facts.mqttUrl);
  const login = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  for (const wrong of [{}, { ...login, password: 'wrong' }, { username: 'nobody', password: login.password }]) {
    const client = mqtt.connect(`${protocol}//${host}`, { ...wrong, reconnectPeriod: 0, connectTimeout: 2_000 });
    const outcome = new Promise<string>(resolve => {
      client.once('connect', () => resolve('let in'));
      client.once('error', () => resolve('refused'));
      client.once('close', () => resolve('refused'));
    });
    assert.is(await within(5_000, 'the refusal', outcome), 'refused', JSON.stringify(Object.keys(wrong)));
    await client.endAsync(true);
  }
  const operator = await listen();
  const reader = mqtt.connect(`${protocol}//${host}`, { ...login, reconnectPeriod: 0 });
  await within(5_000, 'connecting', new Promise(resolve => reader.once('connect', resolve)));
  const forged = `crosspoint/${rig.box.facts.name}/project/x/call/forged/event`;
  // Whether it is thrown out or ignored is the broker's business; that nobody hears of it is ours.
  const thrownOut = new Promise<void>(resolve => reader.once('close', () => resolve()));
  const acknowledged = reader.publishAsync(forged, '{}', { qos: 1 }).catch(() => {});
  await within(5_000, 'the answer to publishing', Promise.race([acknowledged, thrownOut]));
  await reader.endAsync(true);
  await operator.find('something later', ({ topic }) => topic.endsWith('/telemetry'), 11_000);
  assert.equal(operator.on(/forged/), []);
});

rig.run();
