import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freePortRange } from '../../hw-tests/rig/free-ports.ts';
import type { Codec } from '../../pipelines/protocol/leg-media.ts';
import { PROTOCOL_VERSION } from '../../pipelines/protocol.ts';
import { systemClock } from '../base/clock.ts';
import type { SessionId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { WorkerChannel } from './channel.ts';
import type { LegConfig, LegLoss, MediaLeg } from './media.ts';
import { WorkerPool } from './worker-pool.ts';
import { spawnWorker } from './worker-process.ts';

const PCMU: Codec = { name: 'PCMU', payloadType: 0, clockRate: 8000, sampleRate: 8000, implementation: 'pcmu' };
const [FIRST_PORT] = freePortRange(100);

interface Context {
  stateDir: string;
  pools: WorkerPool[];
}

const test = suite<Context>('the worker pool, with real workers');

test.before.each(context => {
  context.stateDir = mkdtempSync(path.join(tmpdir(), 'crosspoint-pool-'));
  context.pools = [];
});

test.after.each(async context => {
  await Promise.all(context.pools.map(pool => pool.close()));
  rmSync(context.stateDir, { recursive: true, force: true });
});

async function startPool(context: Context, lastPort = FIRST_PORT + 99, workers = 1): Promise<WorkerPool> {
  const pool = new WorkerPool({
    workers,
    host: '127.0.0.1',
    advertise: undefined,
    ports: [FIRST_PORT, lastPort],
    stateDir: context.stateDir,
    recordings: null,
    bootId: 'test',
    clock: systemClock,
    log: silentLog,
  });
  context.pools.push(pool);
  await pool.start();
  return pool;
}

/** Connects as soon as the worker listens. */
async function connectTo(socket: string): Promise<WorkerChannel> {
  for (;;) {
    const channel = await WorkerChannel.connect(socket, systemClock, { event: () => {}, closed: () => {} }).catch(
      () => null,
    );
    if (channel) return channel;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

async function udpSocket(port = 0): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

function toneTo(socket: Socket): LegConfig {
  const { port } = socket.address();
  return {
    remote: { rtp: { host: '127.0.0.1', port }, rtcp: { host: '127.0.0.1', port: port + 1 }, policy: 'learn-once' },
    send: PCMU,
    receive: [PCMU],
    direction: 'sendrecv',
    hears: { kind: 'tone', frequencyHz: 440, levelDbov: -20 },
  };
}

test('a leg sends what it was told to, and its ports are free again when it is closed', async context => {
  const pool = await startPool(context);
  const free = pool.freePorts;
  const phone = await udpSocket();
  const leg = await pool.openLeg(null, {}, () => toneTo(phone));
  // The first one may only fill the time until the tick.
  await once(phone, 'message');
  const [packet, from] = (await once(phone, 'message')) as [Buffer, { port: number }];
  assert.is(packet.length, 12 + 160);
  assert.is(from.port, leg.local.rtpPort);
  const stats = await leg.close();
  assert.ok(stats && stats.sent.packets >= 1);
  assert.is(pool.freePorts, free);
  assert.is(await leg.close(), stats);
  phone.close();
});

test('what is played ends when it is stopped, when its leg is closed, and when its worker goes', async context => {
  const pool = await startPool(context);
  const phone = await udpSocket();
  const tone = { source: { kind: 'tone', frequencyHz: 440, levelDbov: -20 }, waitMs: 0 } as const;
  const leg = await pool.openLeg('s', {}, () => ({ ...toneTo(phone), hears: { kind: 'session', session: 's' } }));
  const stopped = await leg.play(tone, 's' as SessionId);
  await once(phone, 'message');
  await stopped.stop();
  assert.is((await stopped.ended).reason, 'stopped');
  const error = await stopped.stop().catch(problem => problem);
  assert.is(error.code, 'media.player-unknown');
  const missing = await leg.play({ source: { kind: 'file', directory: '/nowhere', file: 'a.wav' } }, null);
  const { code, message } = (await missing.ended) as { code?: string; message?: string };
  assert.is(code, 'media.file-refused');
  assert.match(message ?? '', 'a.wav cannot be looked for');
  const closed = await leg.play(tone, null);
  await leg.close();
  assert.is((await closed.ended).reason, 'closed');
  const other = await pool.openLeg(null, {}, () => toneTo(phone));
  const lost = await other.play(tone, null);
  for (const pid of pool.pids) process.kill(pid, 'SIGKILL');
  assert.is((await lost.ended).reason, 'lost');
  phone.close();
});

test('the figures of all legs of all workers come at once, interval by interval', async context => {
  const pool = await startPool(context, FIRST_PORT + 99, 2);
  const phone = await udpSocket();
  const legs = [await pool.openLeg('a', {}, () => toneTo(phone)), await pool.openLeg('b', {})] as const;
  await once(phone, 'message');
  const first = await pool.quality();
  assert.equal([...first.keys()].sort(), legs.map(({ id }) => id).sort());
  assert.is(first.get(legs[0].id)?.interval.sent.codec, 'PCMU');
  assert.is(first.get(legs[1].id)?.interval.sent.codec, null);
  const second = await pool.quality();
  assert.ok((second.get(legs[0].id)?.interval.ms ?? 0) < (second.get(legs[0].id)?.call.ms ?? 0));
  const flow = await pool.flow();
  assert.equal(
    legs.map(({ id }) => [flow.get(id)?.receives, flow.get(id)?.sends, flow.get(id)?.sinceReceivedMs]),
    [
      [true, true, null],
      [false, false, null],
    ],
  );
  const closed = await legs[0].close();
  assert.ok((closed?.quality?.sent.packets ?? 0) > 0);
  phone.close();
});

test('legs of one placement lie on one worker, whatever its load, and one hears what the other receives', async context => {
  const pool = await startPool(context, FIRST_PORT + 99, 2);
  const phones = [await udpSocket(), await udpSocket()] as const;
  const bridge = 'bridge-1';
  const legs = [await pool.openLeg(bridge, {}), await pool.openLeg(bridge, {})] as const;
  for (const [index, leg] of legs.entries()) {
    const { hears: _, ...terms } = toneTo(phones[index] as Socket);
    await leg.update({ ...terms, hears: { kind: 'leg', leg: (legs[1 - index] as MediaLeg).id } });
  }
  const packet = Buffer.concat([Buffer.from('800000070000a0000000beef', 'hex'), Buffer.alloc(160, 0x2a)]);
  const heard = new Promise<Buffer>(resolve =>
    phones[1].on('message', got => got.length === 172 && got[12] === 0x2a && resolve(got)),
  );
  phones[0].send(packet, legs[0].local.rtpPort, '127.0.0.1');
  assert.equal((await heard).subarray(12), packet.subarray(12));
  assert.is((await legs[0].stats()).received.packets, 1);
  for (const leg of legs) await leg.close();
  for (const phone of phones) phone.close();
});

test('a digit is sent with the length that it is given', async context => {
  const pool = await startPool(context);
  const phone = await udpSocket();
  const leg = await pool.openLeg(null, {}, () => ({
    ...toneTo(phone),
    sendTelephoneEvent: { payloadType: 101, clockRate: 8000 },
  }));
  const { queuedMs } = await leg.sendDigits('5', { digitMs: 700 });
  assert.ok(queuedMs >= 680 && queuedMs <= 800, `${queuedMs}`);
  await leg.close();
  phone.close();
});

test('a port that another program holds is passed over', async context => {
  const squatter = await udpSocket(FIRST_PORT);
  const pool = await startPool(context);
  const leg = await pool.openLeg(null, {});
  assert.is(leg.local.rtpPort, FIRST_PORT + 2);
  await leg.close();
  squatter.close();
});

test('when every port is in use the next leg is refused in words, and one that closes makes room', async context => {
  const pool = await startPool(context, FIRST_PORT + 3);
  const first = await pool.openLeg(null, {});
  await pool.openLeg(null, {});
  const refusal = await pool.openLeg(null, {}).catch(error => error);
  assert.is(refusal.code, 'media.no-port');
  await first.close();
  const next = await pool.openLeg(null, {});
  assert.is(next.local.rtpPort, first.local.rtpPort);
});

test('a worker that is killed is noticed within 100 ms, its legs are lost once, and a new one comes up', async context => {
  const pool = await startPool(context);
  const losses: { loss: LegLoss; at: number }[] = [];
  const lost = (loss: LegLoss) => losses.push({ loss, at: performance.now() });
  const leg = await pool.openLeg('s' as SessionId, { lost });
  await pool.openLeg('s' as SessionId, { lost });
  const [pid] = pool.pids;
  assert.ok(pid);
  const killedAt = performance.now();
  process.kill(pid, 'SIGKILL');
  while (!pool.ready || pool.pids[0] === pid) await new Promise(resolve => setTimeout(resolve, 5));
  assert.is(losses.length, 2);
  for (const { loss, at } of losses) {
    assert.is(loss.code, 'media.worker-lost');
    assert.ok(at - killedAt < 100, `noticed after ${at - killedAt} ms`);
  }
  assert.is(pool.openLegs, 0);
  assert.is((await leg.stats().catch(error => error)).code, 'media.leg-closed');
  const fresh = await pool.openLeg('s' as SessionId, {});
  assert.ok(await fresh.close());
});

test('a worker that hangs is replaced', async context => {
  const pool = await startPool(context);
  const [pid] = pool.pids;
  assert.ok(pid);
  let lost = (_: LegLoss) => {};
  const loss = new Promise<LegLoss>(resolve => {
    lost = resolve;
  });
  await pool.openLeg(null, { lost: told => lost(told) });
  process.kill(pid, 'SIGSTOP');
  assert.is((await loss).code, 'media.worker-lost');
  while (!pool.ready) await new Promise(resolve => setTimeout(resolve, 5));
  assert.is.not(pool.pids[0], pid);
  assert.throws(() => process.kill(pid, 0), /ESRCH/);
});

test('a firmware that starts finds the worker that a killed one left, and clears it', async context => {
  const runDir = path.join(context.stateDir, 'run');
  mkdirSync(runDir);
  const socket = path.join(runDir, 'worker-0.sock');
  const child = spawnWorker(socket, path.join(runDir, 'dtls.pem'), path.join(runDir, 'worker-0.log'), null);
  const killed = await connectTo(socket);
  await killed.request('hello', { protocol: PROTOCOL_VERSION, client: 'killed', leaseMs: 5_000 });
  await killed.request('leg.open', {
    leg: 'left-over',
    local: { host: '127.0.0.1', rtpPort: FIRST_PORT, rtcpPort: FIRST_PORT + 1 },
  });
  killed.close();

  const pool = await startPool(context);
  assert.is(pool.pids[0], child.pid);
  const [load] = await pool.load();
  assert.is(load?.legs, 0);
  const leg = await pool.openLeg(null, {});
  assert.is(leg.local.rtpPort, FIRST_PORT);
});

test('a worker whose firmware is gone ends when its lease runs out', async context => {
  const socket = path.join(context.stateDir, 'lone.sock');
  const child = spawnWorker(socket, path.join(context.stateDir, 'dtls.pem'), path.join(context.stateDir, 'log'), null);
  const exited = once(child, 'exit');
  const firmware = await connectTo(socket);
  await firmware.request('hello', { protocol: PROTOCOL_VERSION, client: 'killed', leaseMs: 500 });
  firmware.close();
  const [code] = await exited;
  assert.is(code, 0);
});

test('closing leaves no worker behind', async context => {
  const pool = await startPool(context);
  await pool.openLeg(null, {});
  const [pid] = pool.pids;
  assert.ok(pid);
  await pool.close();
  assert.throws(() => process.kill(pid, 0), /ESRCH/);
});

test.run();
