import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../base/clock.ts';
import { createLog, silentLog } from '../base/log.ts';
import { mediaFigures } from '../quality/call-media.ts';
import { figures } from '../quality/quality.samples.ts';
import { Store } from '../store/store.ts';
import { Broker } from './broker.ts';
import type { Envelope } from './envelope.ts';
import { inWords, lifeInWords, lifeOf, newCall, project } from './events.fixture.ts';
import { freePort, Mosquitto } from './mosquitto.fixture.ts';
import { type MqttOptions, MqttPublisher } from './mqtt.ts';
import { Recorder } from './recorder.ts';
import { RemoteBroker } from './remote-broker.ts';
import { Subscriber } from './subscriber.fixture.ts';
import { mediaTopic } from './topic-names.ts';
import { type Sample, StatusMessage, TelemetryMessage } from './topics.ts';
import { MediaMessage } from './topics-call.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const service = { username: 'crosspoint', password: 'service-secret' };
const reader = { username: 'reader', password: 'reader-secret' };

const sample: Sample = {
  cpu: { busyRatio: 0.1, cores: 2 },
  load: [0, 0, 0],
  memory: { totalBytes: 1, availableBytes: 1, ownBytes: 1 },
  temperatureCelsius: null,
  disk: { totalBytes: 1, freeBytes: 1 },
  network: [],
  calls: 0,
  legs: 0,
  queue: { pending: 0, dropped: 0 },
  traceBytes: 0,
  workers: [],
  uptimeSeconds: 0,
};

interface Box {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly publisher: MqttPublisher;
  close(): Promise<void>;
}

async function newBox(options: Partial<MqttOptions> & Pick<MqttOptions, 'broker'>): Promise<Box> {
  const store = new Store({ file: join(folder, `${files++}.db`), clock: systemClock, log: silentLog });
  await store.start();
  const common = { box: 'b1', bootId: 'boot', clock: systemClock, store };
  const publisher = new MqttPublisher({ ...common, log: silentLog, ...options });
  const stored = (row: number, envelope: Envelope) => publisher.stored(row, envelope);
  const recorder = new Recorder({ ...common, webhooks: new Map(), stored });
  publisher.start();
  const close = async () => {
    await publisher.close();
    await store.close();
  };
  return { store, recorder, publisher, close };
}

async function startEmbedded(): Promise<Broker> {
  const broker = new Broker({ box: 'b1', host: '127.0.0.1', port: 0, service, reader, log: silentLog });
  await broker.start();
  return broker;
}

const urlOf = ({ address }: Broker, { username, password }: typeof service) =>
  `mqtt://${username}:${password}@127.0.0.1:${address.port}`;

/** Each broker that the box must get along with: how to reach it as the service and as a reader. */
const brokers = {
  async mosquitto() {
    const mosquitto = await new Mosquitto().start();
    return { service: new RemoteBroker(mosquitto.url), reader: mosquitto.url, close: () => mosquitto.close() };
  },
  async 'mosquitto with MQTT 5'() {
    const mosquitto = await new Mosquitto().start();
    const service = new RemoteBroker(mosquitto.url, { version: 5 });
    return { service, reader: mosquitto.url, close: () => mosquitto.close() };
  },
  async 'the embedded one'() {
    const broker = await startEmbedded();
    return { service: broker, reader: urlOf(broker, reader), close: () => broker.close() };
  },
  async 'the embedded one over TCP'() {
    const broker = await startEmbedded();
    const remote = new RemoteBroker(urlOf(broker, service));
    return { service: remote, reader: urlOf(broker, reader), close: () => broker.close() };
  },
};

for (const [name, start] of Object.entries(brokers)) {
  test(`${name}: calls arrive whole and in order, and no row is left`, async () => {
    const broker = await start();
    const subscriber = await new Subscriber().start(broker.reader);
    const box = await newBox({ broker: broker.service });
    const calls = Array.from({ length: 50 }, () => newCall());
    const lives = calls.map(call => lifeOf(call));
    for (let step = 0; step < 6; step++) for (const life of lives) void box.recorder.record(life[step]!);
    await subscriber.until(heard => heard.filter(({ topic }) => topic.endsWith('/event')).length >= 300);
    for (const { id } of calls) {
      const topic = `crosspoint/b1/project/${project}/call/${id}/event`;
      const events = subscriber.heard.filter(heard => heard.topic === topic);
      assert.equal(inWords(events.map(({ payload }) => payload)), lifeInWords);
    }
    while (box.store.pending > 0) await new Promise(setImmediate);
    assert.equal(await box.store.targets(), []);
    assert.is(box.publisher.published, 300);
    await box.close();
    await subscriber.close();
    await broker.close();
  });

  test(`${name}: status is retained, telemetry comes with the connection, and closing says offline without a will`, async () => {
    const broker = await start();
    const box = await newBox({ broker: broker.service });
    box.publisher.telemetry(sample, 5);
    const subscriber = await new Subscriber().start(broker.reader);
    await subscriber.until(heard => heard.some(({ payload }) => payload.online === true));
    box.publisher.telemetry(sample, 6);
    await subscriber.until(heard => heard.some(({ topic }) => topic === 'crosspoint/b1/telemetry'));
    await box.close();
    await subscriber.until(heard => heard.some(({ payload }) => payload.online === false));
    const late = await new Subscriber().start(broker.reader);
    await late.until(heard => heard.length > 0);
    assert.equal([late.heard[0]?.retain, late.heard[0]?.payload.online], [true, false]);
    const said = subscriber.heard.filter(({ topic }) => topic === 'crosspoint/b1/status');
    assert.ok(said.every(({ payload }) => Value.Check(StatusMessage, payload)));
    assert.is(said.filter(({ payload }) => !payload.online).length, 1);
    // The will was made before the connection: the goodbye has a higher sequence.
    assert.ok(said.at(-1)!.payload.sequence > said[0]!.payload.sequence);
    const telemetry = subscriber.heard.filter(({ topic }) => topic === 'crosspoint/b1/telemetry');
    assert.ok(telemetry.every(({ payload }) => Value.Check(TelemetryMessage, payload)));
    await late.close();
    await subscriber.close();
    await broker.close();
  });
}

test('media figures of a call come on a topic of its own, numbered, and are not kept for who comes later', async () => {
  const broker = await startEmbedded();
  const box = await newBox({ broker });
  const subscriber = await new Subscriber().start(urlOf(broker, reader));
  await subscriber.until(heard => heard.some(({ payload }) => payload.online === true));
  const call = newCall();
  const legs = [{ leg: 'a', side: 'first', interval: mediaFigures(figures), call: mediaFigures(figures) }] as const;
  box.publisher.media(call, legs);
  box.publisher.media(call, legs);
  const topic = mediaTopic('b1', project, call.id);
  assert.is(topic, `crosspoint/b1/project/${project}/call/${call.id}/media`);
  await subscriber.until(heard => heard.filter(each => each.topic === topic).length === 2);
  const told = subscriber.heard.filter(each => each.topic === topic);
  for (const { payload, retain } of told) {
    assert.ok(Value.Check(MediaMessage, payload), JSON.stringify([...Value.Errors(MediaMessage, payload)]));
    assert.equal([retain, payload.legs, payload.call.id], [false, legs, call.id]);
  }
  assert.equal(
    told.map(({ payload }) => payload.sequence),
    [1, 2],
  );
  await box.close();
  await subscriber.close();
  await broker.close();
});

test('events of a time without a broker wait and arrive, none lost, in order', async () => {
  const mosquitto = await new Mosquitto().start();
  const box = await newBox({ broker: new RemoteBroker(mosquitto.url) });
  const calls = Array.from({ length: 40 }, () => newCall());
  const lives = calls.map(call => lifeOf(call));
  const before = await new Subscriber().start(mosquitto.url);
  for (const life of lives) void box.recorder.record(life[0]!);
  await before.until(() => before.events().length >= 20);
  await mosquitto.stop();
  await before.close();
  for (let step = 1; step < 6; step++) await Promise.all(lives.map(life => box.recorder.record(life[step]!)));
  assert.ok(box.store.pending >= 200);
  await mosquitto.start();
  const after = await new Subscriber().start(mosquitto.url);
  while (box.store.pending > 0) await new Promise(resolve => setTimeout(resolve, 10));
  await after.until(() => after.events().length >= 200);
  const seen = new Set<string>();
  const firsts = [...before.events(), ...after.events()].filter(({ payload }) => {
    const fresh = !seen.has(payload.id);
    seen.add(payload.id);
    return fresh;
  });
  for (const { id } of calls) {
    const words = inWords(firsts.filter(({ payload }) => payload.call.id === id).map(({ payload }) => payload));
    // What the broker took and had not passed on when it was killed is the broker's loss, not the box's.
    assert.equal(words.slice(-5), lifeInWords.slice(-5));
  }
  await box.close();
  await after.close();
  await mosquitto.close();
});

test('events of a time without the embedded broker wait for it too', async () => {
  const broker = new Broker({ box: 'b1', host: '127.0.0.1', port: 0, service, reader, log: silentLog });
  const box = await newBox({ broker, clock: quick(50) });
  for (const event of lifeOf(newCall())) await box.recorder.record(event);
  assert.not.ok(box.publisher.connected);
  await broker.start();
  while (box.store.pending > 0) await new Promise(resolve => setTimeout(resolve, 5));
  assert.is(box.publisher.published, 6);
  await broker.close();
  await box.recorder.record(lifeOf(newCall())[0]!);
  while (box.publisher.connected) await new Promise(resolve => setTimeout(resolve, 5));
  assert.is(box.store.pending, 1);
  await box.close();
});

test('a broker that takes everything and acknowledges nothing is left, with a bounded number in flight', async () => {
  const sockets: Socket[] = [];
  let publishes = 0;
  const server = createServer(socket => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', chunk => {
      if (chunk[0] === 0x10) socket.write(Buffer.from([0x20, 2, 0, 0]));
      publishes += chunk.toString('latin1').split('"event":').length - 1;
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const box = await newBox({ broker: new RemoteBroker(`mqtt://127.0.0.1:${port}`), clock: quick(20) });
  for (let i = 0; i < 200; i++) void box.recorder.record(lifeOf(newCall())[0]!);
  while (sockets.length < 3) await new Promise(resolve => setTimeout(resolve, 10));
  assert.ok(publishes <= 3 * 32, String(publishes));
  assert.ok(publishes >= 32, String(publishes));
  assert.is(box.store.pending, 200);
  await box.close();
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, 'close');
});

test('wrong credentials and an absent broker are tried again with pauses, and no password reaches the log', async () => {
  const lines: string[] = [];
  const log = createLog('debug', { write: line => void lines.push(line) });
  const broker = await startEmbedded();
  const port = await freePort();
  for (const host of [`127.0.0.1:${broker.address.port}`, `127.0.0.1:${port}`]) {
    const box = await newBox({
      broker: new RemoteBroker(`mqtt://crosspoint:wrong-secret@${host}`),
      log,
      clock: quick(50),
    });
    const count = lines.length;
    while (lines.length === count) await new Promise(resolve => setTimeout(resolve, 10));
    assert.not.ok(box.publisher.connected);
    await box.close();
  }
  assert.not.match(lines.join(''), 'wrong-secret');
  await broker.close();
});

/** A clock whose timers run so many times faster. */
function quick(factor: number): typeof systemClock {
  return { ...systemClock, after: (delayMs, run) => systemClock.after(delayMs / factor, run) };
}

test.run();
