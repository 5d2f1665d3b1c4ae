import { once } from 'node:events';
import { request as plainRequest } from 'node:http';
import { Agent, request as tlsRequest } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../base/log.ts';
import type { HttpsIdentity } from '../../https/identity.ts';
import { newAuthority } from '../../sip/transport/certificates.fixture.ts';
import { createServer } from '../server.ts';

interface Context {
  app: FastifyInstance;
  identity: HttpsIdentity;
  port: number;
}

const test = suite<Context>('TLS and plain HTTP on one port');
const authority = newAuthority('authority of the tests');
const issue = () => authority.issue('DNS:localhost', 'IP:127.0.0.1');

test.before.each(async context => {
  context.identity = {
    shown: issue(),
    authority: authority.cert,
    onRenewed: () => {},
    check: () => {},
    start: () => {},
    close: () => {},
  };
  context.app = createServer(silentLog, { https: context.identity, plain: 'loopback' });
  context.app.get('/', async request => ({ protocol: request.protocol }));
  context.app.post('/', async request => ({ length: JSON.stringify(request.body).length }));
  await context.app.listen({ host: '127.0.0.1', port: 0 });
  context.port = (context.app.server.address() as AddressInfo).port;
});
test.after.each(({ app }) => app.close());

interface Answered {
  readonly status: number | undefined;
  readonly text: string;
  readonly socket: Socket;
}

function ask(port: number, secured: boolean, more: { agent?: Agent; method?: string; body?: string } = {}) {
  const { body, ...options } = more;
  const ask = secured ? tlsRequest : plainRequest;
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise<Answered>((resolve, reject) => {
    const request = ask({ host: '127.0.0.1', port, ca: authority.cert, headers, agent: false, ...options }, answer => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', chunk => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode, text, socket: answer.socket }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function handshake(port: number, more: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connectTls({ host: '127.0.0.1', port, ca: authority.cert, ...more });
  await once(socket, 'secureConnect');
  return socket;
}

async function silent(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

test('requests are answered over both', async ({ port }) => {
  assert.equal(JSON.parse((await ask(port, true)).text), { protocol: 'https' });
  assert.equal(JSON.parse((await ask(port, false)).text), { protocol: 'http' });
});

test('a body of many packets arrives whole over both, on a connection that is used again', async ({ port }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const text = 'x'.repeat(60_000);
  const body = JSON.stringify({ text });
  for (const secured of [true, false]) {
    const more = { method: 'POST', body, ...(secured && { agent }) };
    for (let count = 0; count < 3; count++)
      assert.equal(JSON.parse((await ask(port, secured, more)).text), { length: body.length });
  }
  agent.destroy();
});

test('a request in pieces of one byte is understood over both', async ({ port }) => {
  const text = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  for (const socket of [connect(port, '127.0.0.1'), await handshake(port)]) {
    socket.setNoDelay(true).setEncoding('utf8');
    let answer = '';
    socket.on('data', chunk => {
      answer += chunk;
    });
    for (const byte of text) {
      socket.write(byte);
      await new Promise(resolve => setImmediate(resolve));
    }
    await once(socket, 'close');
    assert.match(answer, /^HTTP\/1\.1 200 /);
  }
});

test('an upgrade reaches whoever listens for it, and bytes flow both ways, over both', async ({ app, port }) => {
  app.server.on('upgrade', (request, socket, head) => {
    const secured = (request.socket as TLSSocket).encrypted === true;
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n${secured} `);
    if (head.length > 0) socket.write(head);
    socket.pipe(socket);
  });
  for (const secured of [true, false]) {
    const socket = secured ? await handshake(port) : connect(port, '127.0.0.1');
    socket.setEncoding('utf8');
    let heard = '';
    socket.on('data', chunk => {
      heard += chunk;
    });
    socket.write('GET /x HTTP/1.1\r\nHost: x\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nearly ');
    await until(() => heard.includes('early'));
    socket.write('late');
    await until(() => heard.includes('late'));
    assert.match(heard, new RegExp(`${secured} early late$`));
    socket.destroy();
  }
});

test('what is neither is refused as bad HTTP, what is a broken handshake is dropped', async ({ port }) => {
  const garbage = await silent(port);
  garbage.setEncoding('utf8').write('\x00\x01\x02 no protocol at all\r\n\r\n');
  const [answer] = (await once(garbage, 'data')) as [string];
  assert.match(answer, /^HTTP\/1\.1 400 /);
  const broken = await silent(port);
  broken.resume().write(Buffer.from([0x16, 3, 1, 0, 4, 1, 2, 3, 4]));
  await once(broken, 'close');
  assert.is((await ask(port, true)).status, 200);
});

test('TLS 1.2 and 1.3 are spoken, 1.1 is not', async ({ port }) => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const socket = await handshake(port, { minVersion: version, maxVersion: version });
    assert.is(socket.getProtocol(), version);
    socket.destroy();
  }
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const refused = await handshake(port, old).catch(error => error);
  assert.match(String(refused?.code ?? refused), /PROTOCOL_VERSION|ECONNRESET/);
});

test('a session is resumed, so that a second connection costs no signature', async ({ port }) => {
  const first = await handshake(port, { maxVersion: 'TLSv1.2' });
  const session = first.getSession();
  first.destroy();
  const second = await handshake(port, { maxVersion: 'TLSv1.2', ...(session && { session }) });
  assert.ok(second.isSessionReused());
  second.destroy();
});

test('a renewed certificate is shown to the next connection, and the open ones go on', async ({ identity, port }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const serial = async (socket: TLSSocket) => socket.getPeerCertificate().serialNumber;
  const open = await ask(port, true, { agent });
  const before = await handshake(port);
  identity.onRenewed(issue());
  const after = await handshake(port);
  assert.is.not(await serial(after), await serial(before));
  const again = await ask(port, true, { agent });
  assert.is(again.status, 200);
  assert.is(again.socket, open.socket);
  for (const socket of [before, after, agent]) socket.destroy();
});

test('a thousand connections that say nothing leave room for one that speaks', async ({ port }) => {
  const silents = await Promise.all(Array.from({ length: 1000 }, () => silent(port)));
  for (const secured of [true, false]) assert.is((await ask(port, secured)).status, 200);
  await until(() => silents.filter(({ destroyed }) => !destroyed).length <= 256);
  for (const socket of silents) socket.destroy();
});

test('a server that closes does not wait for those who say nothing, nor for handshakes that do not go on', async ({
  app,
  port,
}) => {
  const shaking = await silent(port);
  shaking.write(Buffer.from([0x16, 3, 1]));
  const quiet = await silent(port);
  const ends = [shaking, quiet].map(socket => once(socket.resume(), 'close'));
  const started = performance.now();
  await app.close();
  await Promise.all(ends);
  assert.ok(performance.now() - started < 5_000);
});

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error('it did not come');
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

test.run();
