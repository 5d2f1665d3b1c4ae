import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../base/log.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import { Headers } from '../message/headers.ts';
import { serialise } from '../message/serialise.ts';
import type { LocalAddress } from './listener.ts';
import type { StreamConnection } from './stream-connection.ts';
import { STREAM_LIMITS } from './stream-limits.ts';
import { StreamPool } from './stream-pool.ts';
import { VERIFIED } from './tls-identity.ts';

const LIMITS = { ...STREAM_LIMITS, maxConnections: 4, maxStrangers: 2, maxQueuedBytes: 100_000 };

function message(callId: string, body = ''): Buffer {
  const headers = Headers.of([['Call-ID', callId]]);
  return serialise({ kind: 'request', method: 'OPTIONS', uri: 'sip:a@b', headers, body: Buffer.from(body) });
}

/** A pool that takes every message but those that hold "stranger". */
async function startPool() {
  const clock = new ManualClock();
  const taken: { text: string; from: StreamConnection }[] = [];
  let wake = () => {};
  const pool = new StreamPool({
    clock,
    limits: LIMITS,
    log: silentLog,
    tlsClientFor: () => VERIFIED,
    isTrusted: () => false,
    message: (bytes, from) => {
      if (bytes.includes('stranger')) return 'refused';
      taken.push({ text: bytes.toString(), from });
      wake();
      return 'admitted';
    },
    broken: () => {},
    unreachable: () => {},
  });
  const local = await pool.listen({ transport: 'tcp', host: '127.0.0.1', port: 0 });
  const next = async (count: number) => {
    while (taken.length < count) {
      await new Promise<void>(done => {
        wake = done;
      });
    }
  };
  return { clock, pool, local, taken, next };
}

async function dial(local: LocalAddress): Promise<Socket> {
  const socket = connect(local.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Not `once`: a reset instead of an orderly end is as good, and no failure of the test. */
function closed(socket: Socket): Promise<void> {
  return new Promise(done => socket.once('close', () => done()));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>(again => setImmediate(again));
}

test('messages are cut out of the stream however it arrives, and answered on the same connection', async () => {
  const { pool, local, taken, next } = await startPool();
  const socket = await dial(local);
  const bytes = Buffer.concat([message('one', 'body'), Buffer.from('\r\n\r\n'), message('two')]);
  socket.write(bytes.subarray(0, 20));
  socket.write(bytes.subarray(20));
  await next(2);
  assert.match(taken[0]!.text, /Call-ID: one[\s\S]*body$/);
  // The keep-alive between them has had its answer (RFC 5626 §4.4.1).
  assert.is(String((await once(socket, 'data'))[0]), '\r\n');
  assert.is(pool.size, 1);
  pool.send(message('back'), taken[1]!.from.remote, local, assert.unreachable);
  assert.match(String((await once(socket, 'data'))[0]), /Call-ID: back/);
  assert.is(pool.size, 1);
  socket.destroy();
  await until(() => pool.size === 0);
  await pool.close();
});

test('one connection out serves all requests to that hop, until it has been idle for ten minutes', async () => {
  const { clock, pool, local } = await startPool();
  let connections = 0;
  const server = createServer(socket => {
    connections += 1;
    socket.resume();
  });
  await new Promise<void>(bound => server.listen(0, '127.0.0.1', bound));
  const hop = { transport: 'tcp', address: '127.0.0.1', port: (server.address() as AddressInfo).port } as const;
  pool.send(message('a'), hop, local, assert.unreachable);
  await until(() => connections === 1);
  // The connect timer has gone, the idle timer is running.
  await until(() => clock.pendingTimers === 1);
  clock.advance(LIMITS.idleMs - 1);
  pool.send(message('b'), hop, local, assert.unreachable);
  clock.advance(LIMITS.idleMs - 1);
  assert.is(pool.size, 1);
  clock.advance(1);
  assert.is(pool.size, 0);
  assert.is(clock.pendingTimers, 0);
  assert.is(connections, 1);
  await pool.close();
  server.close();
});

test('a connection that is refused is told to whoever sent', async () => {
  const { clock, pool, local } = await startPool();
  const gone = createServer();
  await new Promise<void>(bound => gone.listen(0, '127.0.0.1', bound));
  const { port } = gone.address() as AddressInfo;
  await new Promise<void>(done => gone.close(() => done()));
  const error = await new Promise<Error>(failed =>
    pool.send(message('a'), { transport: 'tcp', address: '127.0.0.1', port }, local, failed),
  );
  assert.match(error.message, /ECONNREFUSED/);
  assert.is(pool.size, 0);
  assert.is(clock.pendingTimers, 0);
  await pool.close();
});

test('strangers are few, have ten seconds, and are cut off at their first message', async () => {
  const { clock, pool, local, taken } = await startPool();
  const [first, second] = [await dial(local), await dial(local)];
  await until(() => pool.size === 2);
  const third = await dial(local);
  await closed(third);
  assert.is(pool.counters.refused, 1);

  const cut = closed(first);
  first.write(message('stranger'));
  await cut;
  const late = closed(second);
  second.write('INVITE half a mess');
  clock.advance(LIMITS.strangerMs);
  await late;
  assert.is(pool.size, 0);
  assert.equal(taken, []);
  assert.is(clock.pendingTimers, 0);
  await pool.close();
});

test('a stream that cannot be cut is closed', async () => {
  const { pool, local } = await startPool();
  for (const text of [
    'OPTIONS x SIP/2.0\r\nCall-ID: a\r\n\r\n',
    `${'x'.repeat(70_000)}`,
    'a: b\r\nContent-Length: 999999\r\n\r\n',
  ]) {
    const socket = await dial(local);
    const cut = closed(socket);
    socket.write(text);
    await cut;
  }
  await until(() => pool.size === 0);
  await pool.close();
});

test('a peer that does not read is cut off before its queue grows', async () => {
  const { pool, local, taken, next } = await startPool();
  const socket = await dial(local);
  socket.pause();
  socket.write(message('here'));
  await next(1);
  const { remote } = taken[0]!.from;
  const big = message('big', 'x'.repeat(60_000));
  let refused: Error | null = null;
  for (let i = 0; i < 1000 && !refused; i++) {
    pool.send(big, remote, local, error => {
      refused ??= error;
    });
  }
  assert.match(String(refused), /does not read/);
  assert.is(pool.size, 0);
  socket.destroy();
  await pool.close();
});

test('close lets queued bytes out first', async () => {
  const { pool, local, taken, next } = await startPool();
  const socket = await dial(local);
  socket.write(message('here'));
  await next(1);
  pool.send(message('last words'), taken[0]!.from.remote, local, assert.unreachable);
  const heard = once(socket, 'data');
  await pool.close();
  assert.match(String((await heard)[0]), /last words/);
  assert.is(pool.size, 0);
});

test.run();
