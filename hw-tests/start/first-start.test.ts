import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Application } from '../rig/application.ts';
import { type Child, startChild } from '../rig/children.ts';
import { boundUdpPorts } from '../rig/free-ports.ts';
import { MqttListener } from '../rig/mqtt-listener.ts';
import { root } from '../rig/own-box.ts';
import { processesWith } from '../rig/processes.ts';
import { localTest } from '../rig/rig.ts';
import { until } from '../rig/until.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'f-'));
const credentialsFile = path.join(folder, 'state/credentials.json');
let child: Child | undefined;
test.after.each(async () => {
  await child?.stop('SIGKILL');
});
test.after(async () => {
  await until('the media worker to end', () => processesWith(folder).length === 0, { limitMs: 10_000 });
  rmSync(folder, { recursive: true, force: true });
});

interface Credentials {
  readonly project: { readonly apiKey: string; readonly apiSecret: string };
  readonly operatorToken: string;
  readonly broker: Record<'service' | 'reader', { readonly username: string; readonly password: string }>;
}
const credentials = () => JSON.parse(readFileSync(credentialsFile, 'utf8')) as Credentials;

/** Starts the gateway without any configuration, in an empty folder. */
async function start(): Promise<{ readonly tookMs: number; readonly card: string }> {
  const started = performance.now();
  // By its whole path, so that the worker's command line names the folder too.
  child = await startChild('the gateway', process.execPath, [path.join(root, 'dist/firmware/main.js')], {
    cwd: folder,
  });
  const running = child;
  await until('the start-up card', () => running.output().includes('is ready') && running.output().includes('demo'), {
    limitMs: 15_000,
    state: () => running.output(),
  });
  return { tookMs: performance.now() - started, card: running.output() };
}

/** Addresses on which something listens for TCP on a port, as in /proc/net/tcp. */
function listening(port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap(table => readFileSync(table, 'utf8').split('\n'))
    .map(line => line.trim().split(/\s+/))
    .flatMap(([, local = '', , state]) => (state === '0A' && local.endsWith(`:${hex}`) ? [local.slice(0, -5)] : []));
}

const LOOPBACK = '0100007F';
const taken = [8080, 5060, 1883].filter(port => listening(port).length > 0);
if (boundUdpPorts().has(5060)) taken.push(5060);
const register = (name: string, body: () => Promise<void>) => {
  if (taken.length === 0) return localTest(name, body);
  console.log(`skipped: ${name} (somebody else has the usual ports: ${taken.join(', ')})`);
  test.skip();
};

register('with no configuration it comes up on loopback and says how to go on', async () => {
  const { card } = await start();
  for (const told of [
    'http://127.0.0.1:8080',
    '127.0.0.1:5060',
    '127.0.0.1:1883',
    '10000',
    '20000',
    'npm run demo',
    'credentials.json',
  ]) {
    assert.ok(card.includes(told), `${told} in:\n${card}`);
  }
  const { project, operatorToken, broker } = credentials();
  assert.ok(card.includes(project.apiKey));
  for (const secret of [project.apiSecret, operatorToken, broker.service.password, broker.reader.password]) {
    assert.ok(secret.length >= 20);
    assert.not.ok(card.includes(secret), 'a secret is on the card or in the log');
  }
  assert.is(statSync(credentialsFile).mode & 0o777, 0o600);
  assert.is(statSync(path.dirname(credentialsFile)).mode & 0o077, 0);
  for (const port of [8080, 5060, 1883]) assert.equal(listening(port), [LOOPBACK], `port ${port}`);
});

register('what it made for itself works: project, broker, test numbers', async () => {
  await start();
  const { project, broker } = credentials();
  const { username, password } = broker.reader;
  const operator = await MqttListener.open(`mqtt://${username}:${password}@127.0.0.1:1883`);
  const application = new Application('http://127.0.0.1:8080', project);
  const session = await application.createSession();
  const { id, connectionId } = await application.dial(session, 'sip:tone@127.0.0.1:5060');
  await operator.find('ACTIVE', ({ topic, payload }) => topic.includes(id) && payload.state === 'ACTIVE');
  await application.hangUp(session, connectionId);
  await operator.find('the end', ({ topic, payload }) => topic.includes(id) && payload.event === 'callDestroyed');
  await operator.close();
});

register('a second start is quick and keeps what the first one made', async () => {
  const before = credentials();
  const { tookMs } = await start();
  console.log(`ready after ${tookMs.toFixed(0)} ms`);
  assert.ok(tookMs < 3_000, `ready after ${tookMs.toFixed(0)} ms`);
  assert.equal(credentials(), before);
  const exit = await child?.stop('SIGTERM');
  assert.is(exit?.code, 0);
  assert.equal(listening(8080), []);
  await new Promise<void>((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(8080, '127.0.0.1', () => server.close(() => resolve()));
  });
});

register('secrets that others can read are refused', async () => {
  chmodSync(credentialsFile, 0o644);
  child = await startChild('the gateway', process.execPath, [path.join(root, 'dist/firmware/main.js')], {
    cwd: folder,
  });
  const { code } = await child.exited;
  assert.is(code, 1);
  assert.match(child.output(), /can be read .* by other users/);
  chmodSync(credentialsFile, 0o600);
});

test.run();
