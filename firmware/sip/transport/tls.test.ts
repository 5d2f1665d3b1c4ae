import { once } from 'node:events';
import { createServer as createTcpServer } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { newAuthority } from './certificates.fixture.ts';
import type { Hop } from './hop.ts';
import type { LocalAddress } from './listener.ts';
import { closed, dial, message, startPool, until } from './stream-pool.fixture.ts';
import type { StreamPool } from './stream-pool.ts';
import type { TlsClient, TlsIdentity } from './tls-identity.ts';

const authority = newAuthority('Authority of the tests');
const stranger = newAuthority('Nobody');
const box = authority.issue('DNS:box.example', 'DNS:sip.box.example', 'IP:127.0.0.1', 'IP:::1');
const trust: TlsClient = { ca: authority.cert, verify: true };

const tlsListener = (tls: TlsIdentity, host = '127.0.0.1') => ({ transport: 'tls', host, port: 0, tls }) as const;

function startTls(client: TlsClient = trust, identity: TlsIdentity = box, host = '127.0.0.1') {
  return startPool({ listener: tlsListener(identity, host), tlsClientFor: () => client });
}

const hopTo = (local: LocalAddress, serverName?: string): Hop => ({
  transport: 'tls',
  address: local.address,
  port: local.port,
  ...(serverName === undefined ? {} : { serverName }),
});

/** What a send comes to: the error that its sender is told. */
function failure(pool: StreamPool, hop: Hop, local: LocalAddress): Promise<Error & { code?: string }> {
  return new Promise(failed => pool.send(message('lost'), hop, local, failed));
}

for (const host of ['127.0.0.1', '::1']) {
  test(`requests and answers share one TLS connection, over ${host}`, async () => {
    const [a, b] = [await startTls(trust, box, host), await startTls(trust, box, host)];
    a.pool.send(message('one'), hopTo(b.local, 'box.example'), a.local, assert.unreachable);
    await b.next(1);
    const { remote } = b.taken[0]!.from;
    assert.equal([remote.transport, remote.address, remote.serverName], ['tls', host, undefined]);
    // Back by the address alone, as an answer or the peer of a dialog is reached.
    b.pool.send(message('back'), remote, b.local, assert.unreachable);
    await a.next(1);
    b.pool.send(message('in dialog'), { ...remote, serverName: host }, b.local, assert.unreachable);
    await a.next(2);
    assert.equal([a.pool.size, b.pool.size], [1, 1]);
    await Promise.all([a.pool.close(), b.pool.close()]);
    assert.equal([a.clock.pendingTimers, b.clock.pendingTimers], [0, 0]);
  });
}

test('a connection is used again for the name that it was checked for, and for no other', async () => {
  const names: string[] = [];
  const client = (name: string) => {
    names.push(name);
    return trust;
  };
  const [a, b] = [await startPool({ listener: tlsListener(box), tlsClientFor: client }), await startTls()];
  for (const name of ['box.example', '127.0.0.1', 'box.example', '127.0.0.1']) {
    a.pool.send(message(name), hopTo(b.local, name), a.local, assert.unreachable);
  }
  await b.next(4);
  assert.equal(names, ['box.example', '127.0.0.1']);
  assert.is(b.pool.size, 2);
  await Promise.all([a.pool.close(), b.pool.close()]);
});

const refusals: [what: string, client: TlsClient, identity: TlsIdentity, error: RegExp | string][] = [
  ['another name', trust, authority.issue('DNS:other.example'), 'sip.tls-name'],
  ['an unknown authority', trust, stranger.issue('DNS:box.example'), /unable to (get|verify)/],
  ['a key that is not the pinned one', { ...trust, pins: [stranger.issue('DNS:x').pin] }, box, 'sip.tls-pin'],
  ['another key, though nothing else is checked', { verify: false, pins: ['x'] }, box, 'sip.tls-pin'],
];
for (const [what, client, identity, expected] of refusals) {
  test(`a peer that shows ${what} gets no byte of SIP`, async () => {
    const [a, b] = [await startTls(client), await startTls(trust, identity)];
    const error = await failure(a.pool, hopTo(b.local, 'box.example'), a.local);
    if (typeof expected === 'string') assert.is(error.code, expected);
    else assert.match(error.message, expected);
    await until(() => b.pool.size === 0);
    assert.equal(b.taken, []);
    assert.equal([a.pool.size, a.pool.counters.notMade, a.unreachable.length], [0, 1, 1]);
    await Promise.all([a.pool.close(), b.pool.close()]);
    assert.is(a.clock.pendingTimers, 0);
  });
}

const elsewhere = stranger.issue('DNS:elsewhere.example');
const allowances: [what: string, client: TlsClient, identity: TlsIdentity][] = [
  ['the pinned key', { ...trust, pins: ['x', box.pin] }, box],
  ['the pinned key and nothing else', { verify: false, pins: [elsewhere.pin] }, elsewhere],
  ['anything, where nothing is to be checked', { verify: false }, elsewhere],
  ['a SIP URI of that name', trust, authority.issue('URI:sip:sip.box.example')],
  ['a wildcard for it', trust, authority.issue('DNS:*.box.example')],
];
for (const [what, client, identity] of allowances) {
  test(`a peer that shows ${what} is spoken to`, async () => {
    const [a, b] = [await startTls(client), await startTls(trust, identity)];
    a.pool.send(message('one'), hopTo(b.local, 'sip.box.example'), a.local, assert.unreachable);
    await b.next(1);
    await Promise.all([a.pool.close(), b.pool.close()]);
  });
}

test('where client certificates are wanted, only those of that authority come in', async () => {
  const mutual = { ...box, clientCa: authority.cert };
  const b = await startTls(trust, mutual);
  const { key, cert } = authority.issue('DNS:pbx.example');
  const other = stranger.issue('DNS:pbx.example');
  const cases: [client: TlsClient, comesIn: boolean][] = [
    [trust, false],
    [{ ...trust, key: other.key, cert: other.cert }, false],
    [{ ...trust, key, cert }, true],
  ];
  for (const [client, comesIn] of cases) {
    const a = await startTls(client);
    if (comesIn) {
      a.pool.send(message('one'), hopTo(b.local, 'box.example'), a.local, assert.unreachable);
      await b.next(1);
    } else {
      // With TLS 1.3 the client is done before the server has looked: the sender is told all the same.
      assert.match(
        (await failure(a.pool, hopTo(b.local, 'box.example'), a.local)).message,
        /alert|reset|word|hang up/i,
      );
      assert.is(b.taken.length, 0);
    }
    await a.pool.close();
  }
  assert.is(b.pool.counters.handshakesFailed, 2);
  await b.pool.close();
  assert.is(b.clock.pendingTimers, 0);
});

test('TLS 1.1 is spoken neither to us nor by us; 1.2 is', async () => {
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const b = await startTls();
  const outcome = (options: object) =>
    new Promise<string>(done => {
      const socket = connect({ port: b.local.port, host: '127.0.0.1', ca: authority.cert, ...options });
      socket.once('secureConnect', () => {
        done(socket.getProtocol() ?? '');
        socket.destroy();
      });
      socket.once('error', error => done((error as { code?: string }).code ?? ''));
    });
  assert.match(await outcome(old), /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|ECONNRESET/);
  assert.is(await outcome({ maxVersion: 'TLSv1.2' }), 'TLSv1.2');
  assert.is(await outcome({}), 'TLSv1.3');

  const server = createServer({ ...box, ...old });
  server.on('tlsClientError', () => {});
  await new Promise<void>(bound => server.listen(0, '127.0.0.1', bound));
  const { port } = server.address() as { port: number };
  const error = await failure(b.pool, { transport: 'tls', address: '127.0.0.1', port }, b.local);
  assert.match(error.message, /protocol version|unsupported protocol/i);
  server.close();
  await b.pool.close();
});

test('the name is told in the handshake, addresses are not', async () => {
  const told: (string | false)[] = [];
  const server = createServer({ ...box }, (socket: TLSSocket) => {
    told.push((socket as TLSSocket & { servername: string | false }).servername);
    socket.on('error', () => {});
  });
  await new Promise<void>(bound => server.listen(0, '127.0.0.1', bound));
  const { port } = server.address() as { port: number };
  const { pool, local } = await startTls();
  const hop: Hop = { transport: 'tls', address: '127.0.0.1', port };
  pool.send(message('a'), { ...hop, serverName: 'box.example' }, local, () => {});
  await until(() => told.length === 1);
  pool.send(message('a'), hop, local, () => {});
  await until(() => told.length === 2);
  assert.equal(told, ['box.example', false]);
  await pool.close();
  server.close();
});

test('a certificate is replaced while connections go on', async () => {
  const [a, b] = [await startTls(), await startTls()];
  a.pool.send(message('one'), hopTo(b.local, 'box.example'), a.local, assert.unreachable);
  await b.next(1);
  b.pool.setIdentity(b.local, authority.issue('DNS:new.example'));
  a.pool.send(message('two'), hopTo(b.local, 'box.example'), a.local, assert.unreachable);
  a.pool.send(message('three'), hopTo(b.local, 'new.example'), a.local, assert.unreachable);
  await b.next(3);
  assert.is(b.pool.size, 2);
  assert.throws(() => b.pool.setIdentity(b.local, { ...box, key: 'no key' }), /TLS key and certificate/);
  assert.throws(() => a.pool.setIdentity(b.local, box), /no such TLS listener/);
  await Promise.all([a.pool.close(), b.pool.close()]);
});

test('a listener without a usable certificate does not start', async () => {
  const mixed = { key: box.key, cert: stranger.issue('DNS:x').cert };
  for (const identity of [{ key: '', cert: '' }, mixed]) {
    try {
      await startPool({ listener: tlsListener(identity) });
      assert.unreachable();
    } catch (error) {
      assert.is((error as { code: string }).code, 'sip.bad-certificate');
    }
  }
});

test('a handshake that is never finished, or is none, is ended and leaves nothing', async () => {
  const { clock, pool, local } = await startTls();
  const mute = await dial(local);
  await until(() => clock.pendingTimers === 1);
  const plain = await dial(local);
  const cut = closed(plain);
  plain.write(message('not TLS'));
  await cut;
  await until(() => pool.counters.handshakesFailed === 1 && clock.pendingTimers === 1);
  const late = closed(mute);
  clock.advance(10_000);
  await late;
  await until(() => clock.pendingTimers === 0);
  assert.is(pool.size, 0);
  await pool.close();
});

test('a peer that accepts and never shakes hands is given up in time', async () => {
  const { clock, pool, local } = await startTls();
  const server = createTcpServer(socket => void socket.on('error', () => {}));
  await new Promise<void>(bound => server.listen(0, '127.0.0.1', bound));
  const { port } = server.address() as { port: number };
  const told = failure(pool, { transport: 'tls', address: '127.0.0.1', port }, local);
  await once(server, 'connection');
  clock.advance(5000);
  assert.match((await told).message, /not made in time/);
  assert.is(clock.pendingTimers, 0);
  await pool.close();
  server.close();
});

test.run();
