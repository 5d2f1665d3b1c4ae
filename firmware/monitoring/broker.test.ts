import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../base/errors.ts';
import { silentLog } from '../base/log.ts';
import { Broker } from './broker.ts';
import { Subscriber } from './subscriber.fixture.ts';

const service = { username: 'crosspoint', password: 'service-secret' };
const reader = { username: 'reader', password: 'reader-secret' };

let broker: Broker;
const clients: MqttClient[] = [];

test.before.each(async () => {
  broker = new Broker({ box: 'b1', host: '127.0.0.1', port: 0, service, reader, log: silentLog });
  await broker.start();
});

test.after.each(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
  await broker.close();
});

async function login(options: IClientOptions): Promise<MqttClient> {
  const client = await connectAsync({
    host: '127.0.0.1',
    port: broker.address.port,
    protocolVersion: 4,
    reconnectPeriod: 0,
    ...options,
  });
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

function closing(client: MqttClient): Promise<void> {
  return new Promise(resolve => client.once('close', () => resolve()));
}

function message(client: MqttClient): Promise<string> {
  return new Promise(resolve => client.once('message', (_topic, payload) => resolve(payload.toString())));
}

async function refused(options: IClientOptions): Promise<string> {
  try {
    await login(options);
  } catch (error) {
    return String(error);
  }
  throw new Error('was let in');
}

test('what the service publishes reaches a reader, and what was retained reaches a later one', async () => {
  const early = await login(reader);
  await early.subscribeAsync('crosspoint/#', { qos: 1 });
  const heard = message(early);
  const publisher = await login({ ...service, clientId: 'crosspoint-b-1' });
  await publisher.publishAsync('crosspoint/b/status', 'on', { qos: 1, retain: true });
  assert.is(await heard, 'on');
  const late = await login(reader);
  const retained = message(late);
  await late.subscribeAsync('crosspoint/+/status', { qos: 1 });
  assert.is(await retained, 'on');
});

for (const [who, options] of [
  ['nobody', {}],
  ['a stranger', { username: 'eve', password: 'x' }],
  ['a reader with a wrong password', { ...reader, password: 'reader-secreT' }],
  ['a reader with the password of the service', { ...reader, password: service.password }],
  ['a name without a password', { username: reader.username }],
] as const) {
  test(`${who} is not let in`, async () => {
    assert.match(await refused(options), /Bad username or password/i);
  });
}

test('what is retained, what is not, and figures are all heard, however fast they follow each other', async () => {
  const subscriber = await new Subscriber().start(
    `mqtt://${reader.username}:${reader.password}@127.0.0.1:${broker.address.port}`,
  );
  const link = broker.open(
    { clientId: 'crosspoint-b1', will: { topic: 'w', payload: '' } },
    { up: () => undefined, lost: () => undefined, message: () => undefined },
  );
  const sent: string[] = [];
  for (let i = 0; i < 200; i++)
    for (const [qos, retain] of [
      [1, true],
      [1, false],
      [0, false],
      [0, true],
    ] as const) {
      sent.push(`${i} ${qos} ${retain}`);
      link.publish(
        { topic: `crosspoint/b1/x${i}`, payload: JSON.stringify(sent.at(-1)), qos, retain },
        () => undefined,
      );
    }
  await subscriber.until(heard => heard.length >= sent.length);
  assert.equal(
    subscriber.heard.map(({ payload }) => payload),
    sent,
  );
  await subscriber.close();
});

test('a reader may not publish', async () => {
  const watcher = await login(reader);
  await watcher.subscribeAsync('#', { qos: 1 });
  const heard: string[] = [];
  watcher.on('message', topic => heard.push(topic));
  const client = await login(reader);
  const closed = closing(client);
  client.publish('crosspoint/b/status', 'forged', { qos: 1, retain: true });
  await closed;
  const publisher = await login(service);
  const next = message(watcher);
  await publisher.publishAsync('crosspoint/b/real', 'x', { qos: 1 });
  await next;
  assert.equal(heard, ['crosspoint/b/real']);
});

test('the last will of a reader is not published', async () => {
  const watcher = await login(reader);
  await watcher.subscribeAsync('#', { qos: 1 });
  const heard: string[] = [];
  watcher.on('message', topic => heard.push(topic));
  const will = { topic: 'crosspoint/b/status', payload: Buffer.from('forged'), qos: 1, retain: true } as const;
  const client = await login({ ...reader, will });
  client.stream.destroy();
  await closing(client);
  const publisher = await login({ ...service, will: { ...will, topic: 'crosspoint/b/will' } });
  const next = message(watcher);
  publisher.stream.destroy();
  await next;
  assert.equal(heard, ['crosspoint/b/will']);
});

test('a reader cannot take over the client id of the service', async () => {
  const publisher = await login({ ...service, clientId: 'crosspoint-b-1' });
  assert.match(await refused({ ...reader, clientId: 'crosspoint-b-1' }), /Not authorized/i);
  assert.ok(publisher.connected);
});

test('a session that would outlive its connection is refused, since it could not be kept', async () => {
  assert.match(await refused({ ...reader, clean: false, clientId: 'r1' }), /Not authorized/i);
});

test('topics of the broker itself and more subscriptions than allowed are refused', async () => {
  const client = await login(reader);
  const own = await client.subscribeAsync('$SYS/#').catch(error => error);
  assert.ok(own instanceof Error || own[0]?.qos === 128);
  const other = await login(reader);
  const granted: number[] = [];
  for (let i = 0; i < 70; i++) {
    const grants = await other.subscribeAsync(`t/${i}`).catch(() => [{ qos: 128 }]);
    granted.push(grants[0]?.qos ?? 128);
  }
  assert.is(granted.filter(qos => qos !== 128).length, 64);
});

test('a packet above 64 KiB ends the connection and nobody else is disturbed', async () => {
  const publisher = await login(service);
  const closed = closing(publisher);
  publisher.publish('crosspoint/b/x', Buffer.alloc(70_000), { qos: 1 });
  await closed;
  const other = await login(service);
  await other.publishAsync('crosspoint/b/x', Buffer.alloc(60_000), { qos: 1 });
});

test('garbage ends the connection and nothing else', async () => {
  for (const garbage of ['GET / HTTP/1.1\r\n\r\n', '\xff\xff\xff\xff\xff\xff', '\x10\x00', '\x10\x04\x00\x04MQ']) {
    const socket = connectSocket(broker.address.port, '127.0.0.1');
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    socket.write(Buffer.from(garbage, 'latin1'));
    if (garbage.endsWith('MQ')) socket.destroySoon();
    await closed;
  }
  await login(reader);
});

test('strangers that hold connections open do not keep the service out', async () => {
  const strangers = Array.from({ length: 100 }, () => {
    const socket = connectSocket(broker.address.port, '127.0.0.1');
    socket.on('error', () => undefined);
    return socket;
  });
  await Promise.all(strangers.map(socket => once(socket, 'connect')));
  const publisher = await login(service);
  await publisher.publishAsync('crosspoint/b/x', 'x', { qos: 1 });
  for (const socket of strangers) socket.destroy();
});

test('no more than 64 clients are let in', async () => {
  for (let i = 0; i < 64; i++) await login(reader);
  const late = connectSocket(broker.address.port, '127.0.0.1');
  late.on('error', () => undefined);
  await once(late, 'close');
});

test('an address that is taken is a clear error, and closing twice is nothing', async () => {
  const { port } = broker.address;
  const second = new Broker({ box: 'b1', host: '127.0.0.1', port, service, reader, log: silentLog });
  try {
    await second.start();
    assert.unreachable();
  } catch (error) {
    assert.ok(isCrosspointError(error));
    assert.is(error.code, 'monitoring.broker-failed');
    assert.match(error.message, String(port));
  }
  await second.close();
  await broker.close();
  await broker.close();
});

test.run();
