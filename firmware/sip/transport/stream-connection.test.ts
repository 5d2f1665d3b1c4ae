import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { STREAM_LIMITS } from './stream-limits.ts';
import { closed, dial, message, startPeer, startPool, TCP, until } from './stream-pool.fixture.ts';

const PING = '\r\n\r\n';
/** Longer than the time that these tests let pass at most between a ping and its arrival. */
const PONG_MS = 90_000;

/** A pool with one connection out, open, on which nothing has been answered yet. */
async function connected() {
  const started = await startPool({ limits: { pongMs: PONG_MS } });
  const peer = await startPeer();
  started.pool.send(message('first'), peer.hop, started.local, assert.unreachable);
  await until(() => peer.heard.length === 1);
  const end = () => Promise.all([started.pool.close(), peer.close()]);
  return { ...started, peer, socket: peer.sockets[0]!, end };
}

/** Lets time pass until the peer hears one more thing. */
async function untilHeard({ clock, peer }: Pick<Awaited<ReturnType<typeof connected>>, 'clock' | 'peer'>) {
  const before = peer.heard.length;
  for (let seconds = 0; peer.heard.length === before; seconds++) {
    assert.ok(seconds < STREAM_LIMITS.pingMs, 'nothing came');
    if (seconds * 1000 <= STREAM_LIMITS.pingMs) clock.advance(1000);
    await new Promise<void>(turn => setImmediate(turn));
  }
}

test('we ping on a connection that we opened, within two minutes, and a CRLF answers', async () => {
  const { clock, pool, peer, socket, taken, end } = await connected();
  const begun = clock.monotonic();
  await untilHeard({ clock, peer });
  assert.is(peer.heard[1], PING);
  assert.ok(clock.monotonic() - begun >= 0.8 * STREAM_LIMITS.pingMs);
  // A message behind the pong in the same packet is heard, and pongs together are no ping: nothing is answered.
  socket.write(Buffer.concat([Buffer.from('\r\n'), message('one')]));
  await until(() => taken.length === 1);
  await untilHeard({ clock, peer });
  socket.write(Buffer.concat([Buffer.from('\r\n'), message('two')]));
  await until(() => taken.length === 2);
  clock.advance(PONG_MS);
  assert.is(pool.size, 1);
  assert.equal(peer.heard.slice(1), [PING, PING]);
  await end();
  assert.is(clock.pendingTimers, 0);
});

test('a peer that stops answering pings is given up', async () => {
  const { clock, pool, peer, socket, taken, end } = await connected();
  await untilHeard({ clock, peer });
  socket.write(Buffer.concat([Buffer.from('\r\n'), message('alive')]));
  await until(() => taken.length === 1);
  await untilHeard({ clock, peer });
  clock.advance(PONG_MS);
  assert.is(pool.size, 0);
  assert.is(clock.pendingTimers, 0);
  await end();
});

test('a peer that never answered a ping keeps its connection, until it is idle', async () => {
  const { clock, pool, end } = await connected();
  clock.advance(STREAM_LIMITS.idleMs - 1);
  assert.is(pool.size, 1);
  clock.advance(1);
  assert.is(pool.size, 0);
  await end();
});

test("a phone's pings keep its connection open for as long as it sends them", async () => {
  const { clock, pool, local, next } = await startPool();
  const phone = await dial(local);
  phone.write(message('here'));
  await next(1);
  for (let i = 0; i < 5; i++) {
    clock.advance(STREAM_LIMITS.idleMs - 1);
    phone.write(PING);
    assert.is(String((await once(phone, 'data'))[0]), '\r\n');
  }
  clock.advance(STREAM_LIMITS.idleMs);
  assert.is(pool.size, 0);
  await pool.close();
  phone.destroy();
});

test('a head of 10,000 bytes that trickles in has ten seconds, however it is spread', async () => {
  const { clock, pool, local, next } = await startPool();
  const peer = await dial(local);
  peer.write(message('here'));
  await next(1);
  const head = Buffer.from(`OPTIONS sip:a SIP/2.0\r\nX: ${'x'.repeat(10_000)}`);
  const cut = closed(peer);
  let sent = 0;
  for (; pool.size > 0 && sent < head.length; sent += 100) {
    peer.write(head.subarray(sent, sent + 100));
    await new Promise<void>(turn => setImmediate(turn));
    clock.advance(200);
  }
  await cut;
  assert.ok(sent > 3000 && sent < head.length, `${sent}`);
  assert.is(clock.pendingTimers, 0);
  await pool.close();
});

test('a message in many pieces that is complete in time is heard', async () => {
  const { clock, pool, local, taken, next } = await startPool();
  const peer = await dial(local);
  peer.write(message('here'));
  await next(1);
  const whole = message('slow', 'x'.repeat(5000));
  peer.write(whole.subarray(0, 100));
  await until(() => clock.pendingTimers === 1);
  clock.advance(STREAM_LIMITS.messageMs - 1000);
  peer.write(whole.subarray(100));
  await next(2);
  clock.advance(STREAM_LIMITS.messageMs);
  assert.is(pool.size, 1);
  assert.is(taken.length, 2);
  await pool.close();
  peer.destroy();
});

test('a peer that dies in the middle of a message takes its connection along and no more', async () => {
  const { clock, pool, local, taken, next } = await startPool();
  const [dying, other] = [await dial(local), await dial(local)];
  dying.write(Buffer.concat([message('whole'), message('half', 'body').subarray(0, 30)]));
  await next(1);
  dying.resetAndDestroy();
  await until(() => pool.size === 1);
  other.write(message('other'));
  await next(2);
  assert.match(taken[1]!.text, /Call-ID: other/);
  await pool.close();
  assert.is(clock.pendingTimers, 0);
  other.destroy();
});

test('who sent on a connection that breaks without a word hears of it, once', async () => {
  const { pool, local } = await startPool();
  const peer = await startPeer();
  const told: string[] = [];
  for (const name of ['a', 'b']) pool.send(message(name), peer.hop, local, error => void told.push(error.message));
  await until(() => peer.heard.join('').includes('Call-ID: b'));
  peer.sockets[0]!.destroy();
  await until(() => pool.size === 0);
  assert.is(told.length, 2);
  assert.equal(pool.counters, { refused: 0, handshakesFailed: 0, opened: 1, notMade: 0 });
  await Promise.all([pool.close(), peer.close()]);
});

test('a message that is too long is told with its beginning, and ends the connection', async () => {
  const { pool, local, broken } = await startPool();
  const peer = await dial(local);
  const cut = closed(peer);
  peer.write(Buffer.concat([message('fine'), Buffer.from('OPTIONS sip:a SIP/2.0\r\nContent-Length: 70000\r\n\r\n')]));
  peer.write('more of it');
  await cut;
  assert.is(broken.length, 1);
  assert.is(broken[0]!.error.status, 513);
  assert.match(broken[0]!.beginning, /^OPTIONS sip:a SIP\/2\.0\r\nContent-Length: 70000/);
  await until(() => pool.size === 0);
  await pool.close();
});

test('one that was challenged may come back on the same connection, within its ten seconds', async () => {
  const { clock, pool, local, taken, next } = await startPool();
  const [patient, slow] = [await dial(local), await dial(local)];
  for (const socket of [patient, slow]) socket.write(message('challenge'));
  patient.write(message('with credentials'));
  await next(1);
  const late = closed(slow);
  clock.advance(STREAM_LIMITS.strangerMs);
  await late;
  assert.equal([pool.size, taken.length], [1, 1]);
  await pool.close();
});

test('no source takes all the places', async () => {
  const { pool, local } = await startPool({ limits: { maxStrangersPerSource: 2, maxStrangers: 3 } });
  const flood = [await dial(local), await dial(local), await dial(local)];
  await closed(flood[2]!);
  assert.equal([pool.size, pool.counters.refused], [2, 1]);
  assert.equal(
    pool.list.map(each => [each.outgoing, each.state, each.admitted, each.remote.transport]),
    Array(2).fill([false, 'open', false, 'tcp']),
  );
  for (const socket of flood) socket.destroy();
  await until(() => pool.size === 0);
  const again = await dial(local);
  await until(() => pool.size === 1);
  again.destroy();
  await pool.close();
});

test('a trusted source may open connections ahead of its messages, as many as it likes', async () => {
  const { clock, pool, local } = await startPool({ trusted: true, limits: { maxStrangers: 1 } });
  const peers = [await dial(local), await dial(local), await dial(local)];
  await until(() => pool.size === 3);
  clock.advance(STREAM_LIMITS.strangerMs);
  assert.is(pool.size, 3);
  clock.advance(STREAM_LIMITS.idleMs);
  assert.equal([pool.size, clock.pendingTimers], [0, 0]);
  for (const peer of peers) peer.destroy();
  await pool.close();
});

test('one that is to end but does not read what is left for it is cut off', async () => {
  const { clock, pool, local, next } = await startPool({ limits: { maxQueuedBytes: 64 * 1024 * 1024 } });
  const deaf = await dial(local);
  deaf.pause();
  deaf.write(message('here'));
  await next(1);
  const connection = pool.list[0]!;
  pool.send(message('much', 'x'.repeat(32 * 1024 * 1024)), connection.remote, local, () => {});
  const ended = pool.close();
  assert.is(pool.list[0]!.state, 'ending');
  pool.send(message('more'), connection.remote, local, error => assert.match(error.message, /closed/));
  clock.advance(STREAM_LIMITS.messageMs);
  await ended;
  assert.equal([pool.size, clock.pendingTimers], [0, 0]);
  deaf.destroy();
});

test('over IPv6 as over IPv4', async () => {
  const { pool, local, next } = await startPool({ listener: { ...TCP, host: '::1' } });
  const peer = await startPeer('::1');
  const phone = await dial(local);
  phone.write(message('in'));
  await next(1);
  pool.send(message('out'), peer.hop, local, assert.unreachable);
  await until(() => peer.heard.length === 1);
  assert.is(pool.size, 2);
  await Promise.all([pool.close(), peer.close()]);
  phone.destroy();
});

test.run();
