import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { fastify } from 'fastify';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../base/log.ts';
import { newAuthority } from '../sip/transport/certificates.fixture.ts';
import { limitConnections } from './connection-limit.ts';
import { speakBothProtocols } from './listening/both-protocols.ts';
import { rawConnection } from './listening/raw-connection.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

test('a connection too many is answered and closed, and its place is free again', async () => {
  const app = fastify();
  limitConnections(app, 1, 1);
  app.get('/', async () => 'ok');
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const open = async () => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    socket.write(REQUEST);
    const [answer] = (await once(socket, 'data')) as [string];
    return { socket, answer };
  };

  const first = await open();
  assert.match(first.answer, /^HTTP\/1\.1 200 /);
  const second = await open();
  assert.match(second.answer, /^HTTP\/1\.1 (?!200)/);
  assert.match(second.answer, /connection: close/i);
  assert.match(second.answer, 'too many connections');
  await once(second.socket, 'close');

  first.socket.write(REQUEST);
  const [again] = (await once(first.socket, 'data')) as [string];
  assert.match(again, /^HTTP\/1\.1 200 /);
  first.socket.destroy();
  await app.close();
});

test('a connection that has become a WebSocket takes no room of the others', async () => {
  const app = fastify();
  limitConnections(app, 1, 1);
  app.get('/', async () => 'ok');
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const upgrades = connect(port, '127.0.0.1');
  const upgraded = once(app.server, 'upgrade');
  upgrades.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
  const [, ours] = (await upgraded) as [unknown, Socket];
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  socket.write(REQUEST);
  const [answer] = (await once(socket, 'data')) as [string];
  assert.match(answer, /^HTTP\/1\.1 200 /);
  socket.destroy();
  upgrades.destroy();
  ours.destroy();
  await app.close();
});

test('over TLS too, and when it has closed its place is counted once', async () => {
  const authority = newAuthority('authority of the tests');
  const app = fastify();
  const idle = { onRenewed: () => {}, check: () => {}, start: () => {}, close: () => {} };
  const identity = { ...idle, shown: authority.issue('DNS:localhost'), authority: authority.cert };
  speakBothProtocols(app, identity, silentLog);
  limitConnections(app, 1, 1);
  app.get('/', async () => 'ok');
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  for (let count = 0; count < 3; count++) {
    const upgrades = connectTls({ host: '127.0.0.1', port, ca: authority.cert, servername: 'localhost' });
    await once(upgrades, 'secureConnect');
    const upgraded = once(app.server, 'upgrade');
    upgrades.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
    const [{ socket: ours }] = (await upgraded) as [{ socket: Socket }];
    const closed = once(rawConnection(ours), 'close');
    upgrades.destroy();
    ours.destroy();
    await closed;
  }
  const first = connect(port, '127.0.0.1').setEncoding('utf8');
  first.write(REQUEST);
  assert.match(String(await once(first, 'data')), /^HTTP\/1\.1 200 /);
  const second = connect(port, '127.0.0.1').setEncoding('utf8');
  second.write(REQUEST);
  assert.match(String(await once(second, 'data')), 'too many connections');
  first.destroy();
  await app.close();
});

test.run();
