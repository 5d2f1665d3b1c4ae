import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { STREAM_LIMITS } from './stream-limits.ts';
import * as fixture from './stream-pool.fixture.ts';
import { closed, dial, message, startPeer, until } from './stream-pool.fixture.ts';

const LIMITS = { ...STREAM_LIMITS, maxConnections: 4, maxStrangers: 2, maxQueuedBytes: 100_000 };
const startPool = () => fixture.startPool({ limits: LIMITS });

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
  const { hop, sockets, close } = await startPeer();
  pool.send(message('a'), hop, local, assert.unreachable);
  await until(() => pool.list[0]?.state === 'open');
  clock.advance(LIMITS.idleMs - 1);
  pool.send(message('b'), hop, local, assert.unreachable);
  clock.advance(LIMITS.idleMs - 1);
  assert.is(pool.size, 1);
  clock.advance(1);
  assert.is(pool.size, 0);
  assert.is(clock.pendingTimers, 0);
  assert.is(sockets.length, 1);
  // The next request finds the way again.
  pool.send(message('c'), hop, local, assert.unreachable);
  await until(() => sockets.length === 2);
  await Promise.all([pool.close(), close()]);
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
