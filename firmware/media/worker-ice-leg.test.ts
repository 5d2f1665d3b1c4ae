import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort, freePortRange } from '../../hw-tests/rig/free-ports.ts';
import { systemClock } from '../base/clock.ts';
import { isCrosspointError } from '../base/errors.ts';
import { createLog } from '../base/log.ts';
import type { LegConfig, LegLoss } from './media.ts';
import type { IceListening } from './worker-ice-leg.ts';
import { WorkerPool } from './worker-pool.ts';

interface Context {
  port: number;
  /** Of all tests that need nothing else. */
  pool: WorkerPool;
  folders: string[];
  pools: WorkerPool[];
  /** What the log warned of. */
  told: string[];
}

const test = suite<Context>('legs that are reached by ICE, with a real worker');

test.before(async context => {
  context.port = await freePort('127.0.0.1');
  context.folders = [];
  context.pools = [];
  context.told = [];
  context.pool = await startPool(context);
});

test.after(async ({ pools, folders }) => {
  await Promise.all(pools.map(pool => pool.close()));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function startPool(
  { folders, port, pools, told }: Context,
  ice: Partial<IceListening> | null = {},
): Promise<WorkerPool> {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'crosspoint-ice-'));
  folders.push(stateDir);
  const listening = { port, tcpPort: undefined, hosts: () => ['127.0.0.1'], advertise: undefined, ...ice };
  const pool = new WorkerPool({
    workers: 1,
    host: '127.0.0.1',
    advertise: undefined,
    ports: freePortRange(10),
    ice: ice ? listening : undefined,
    stateDir,
    recordings: null,
    bootId: 'test',
    clock: systemClock,
    log: createLog('warn', { write: line => void told.push(JSON.parse(line).msg) }),
  });
  pools.push(pool);
  await pool.start();
  return pool;
}

const fingerprint = { hash: 'sha-256' as const, value: Array(32).fill('0A').join(':') };
const silent: LegConfig = { security: { dtls: { role: 'server', fingerprints: [fingerprint] } } };

/** Whether a program could have that port. */
async function isFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  const bound = once(socket, 'listening').then(
    () => true,
    () => false,
  );
  socket.bind(port, '127.0.0.1');
  const free = await bound;
  socket.close();
  return free;
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => 'accepted',
    problem => problem,
  );
  return isCrosspointError(error) ? error.code : String(error);
}

test('all of them share one port, which is bound with the first and given back with the last', async ({
  pool,
  port,
}) => {
  assert.ok(await isFree(port));
  const one = await pool.openIceLeg('s', {}, () => silent);
  const two = await pool.openIceLeg('s', {}, () => silent);
  for (const { ice } of [one, two]) assert.equal(ice.candidates, [{ transport: 'udp', host: '127.0.0.1', port }]);
  assert.is.not(one.ssrc, two.ssrc);
  assert.not.ok(await isFree(port));
  await one.close();
  assert.not.ok(await isFree(port));
  await two.close();
  assert.ok(await isFree(port));
});

test('each has credentials of its own, others after a restart, and the certificate of its worker', async ({ pool }) => {
  const seen: string[] = [];
  const one = await pool.openIceLeg('s', {}, ({ credentials }) => {
    seen.push(credentials.ufrag);
    return silent;
  });
  const two = await pool.openIceLeg('s', {}, () => silent);
  const before = one.ice;
  assert.equal(seen, [before.credentials.ufrag], 'the answer is written before the leg is there');
  // RFC 8839 §5.4: 24 and 128 bits at least.
  assert.match(before.credentials.ufrag, /^[A-Za-z0-9+/]{4,}$/);
  assert.match(before.credentials.password, /^[A-Za-z0-9+/]{22,}$/);
  assert.is.not(before.credentials.ufrag, two.ice.credentials.ufrag);
  assert.equal(before.fingerprint, two.ice.fingerprint);
  assert.match(before.fingerprint.value, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  await one.restartIce();
  assert.is.not(one.ice.credentials.ufrag, before.credentials.ufrag);
  assert.is.not(one.ice.credentials.password, before.credentials.password);
  assert.equal(one.ice.candidates, before.candidates);
  await Promise.all([one.close(), two.close()]);
});

test('behind a 1:1 NAT candidates are what is advertised', async context => {
  const pool = await startPool(context, { advertise: ['192.0.2.1', '2001:db8::1'] });
  const leg = await pool.openIceLeg(null, {}, () => silent);
  assert.equal(
    leg.ice.candidates.map(({ host }) => host),
    ['192.0.2.1', '2001:db8::1'],
  );
  await leg.close();
});

test('with TCP as well, candidates of it come last, and its port is bound and given back with the other; taken, UDP is left', async context => {
  const tcpPort = await freePort('127.0.0.1');
  const pool = await startPool(context, { tcpPort });
  const leg = await pool.openIceLeg('s', {}, () => silent);
  assert.equal(
    leg.ice.candidates.map(({ transport, port }) => `${transport} ${port}`),
    [`udp ${context.port}`, `tcp ${tcpPort}`],
  );
  const stranger = connect(tcpPort, '127.0.0.1').on('error', () => undefined);
  const ended = once(stranger, 'close');
  stranger.write('GET / HTTP/1.1\r\n\r\n');
  await ended;
  await leg.close();
  const others = createServer();
  others.listen(tcpPort, '127.0.0.1');
  await once(others, 'listening');
  const overUdp = await pool.openIceLeg('s', {}, () => silent);
  assert.equal(overUdp.ice.candidates, [{ transport: 'udp', host: '127.0.0.1', port: context.port }]);
  const another = await pool.openIceLeg('s', {}, () => silent);
  assert.is(another.ice.candidates.length, 1);
  assert.equal(context.told.splice(0), [
    'browsers are reached over UDP alone: set webrtc.tcpPort to a port that is free, or to 0',
  ]);
  await Promise.all([overUdp.close(), another.close()]);
  others.close();
});

test('where there is no ICE, no address, or the port is taken, that is said', async context => {
  const { pool, port } = context;
  for (const ice of [null, { hosts: () => [] }]) {
    const without = await startPool(context, ice);
    assert.is(await refusal(without.openIceLeg(null, {}, () => silent)), 'media.no-ice');
  }
  const other = createSocket('udp4');
  other.bind(port, '127.0.0.1');
  await once(other, 'listening');
  for (let tries = 0; tries < 2; tries++)
    assert.is(await refusal(pool.openIceLeg(null, {}, () => silent)), 'media.port-in-use');
  assert.equal(context.told.splice(0), ['no browser can be reached: set webrtc.port to a port that is free']);
  assert.is(pool.openLegs, 0);
  other.close();
  await once(other, 'close');
  assert.ok(await (await pool.openIceLeg(null, {}, () => silent)).close());
});

test('what the worker does not take leaves nothing behind', async ({ pool, port }) => {
  const bad = { ...silent, hears: { kind: 'leg', leg: 'nobody' } } as const;
  assert.not.equal(await refusal(pool.openIceLeg('s', {}, () => bad)), 'accepted');
  assert.is(pool.openLegs, 0);
  assert.ok(await isFree(port));
});

test('when the worker is gone, whoever owns the leg is told once', async ({ pool }) => {
  const losses: LegLoss[] = [];
  await new Promise<void>((resolve, reject) => {
    const lost = (loss: LegLoss) => resolve(void losses.push(loss));
    pool.openIceLeg('s', { lost }, () => silent).then(() => process.kill(Number(pool.pids[0]), 'SIGKILL'), reject);
  });
  await pool.close();
  assert.equal(
    losses.map(({ code }) => code),
    ['media.worker-lost'],
  );
});

test.run();
