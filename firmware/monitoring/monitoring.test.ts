import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import SqliteDatabase from 'better-sqlite3';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../base/clock.ts';
import type { ProjectId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { startBox } from './box.fixture.ts';
import { Broker } from './broker.ts';
import { inWords, lifeInWords, lifeOf, newCall, project } from './events.fixture.ts';
import { Mosquitto } from './mosquitto.fixture.ts';
import { endOrphanedCalls } from './orphans.ts';
import { Receiver } from './receiver.fixture.ts';
import { RemoteBroker } from './remote-broker.ts';
import { Subscriber } from './subscriber.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'monitoring-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newFile = () => join(folder, `${files++}.db`);

function rowsLeft(file: string): number[] {
  const db = new SqliteDatabase(file, { readonly: true });
  const counts = ['events', 'deliveries', 'live_calls'].map(
    table => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number,
  );
  db.close();
  return counts;
}

/** What was told of one call, each event once: a repetition must be the same event, with the same id and content. */
function storyOf<Told>(told: readonly Told[], idOf: (one: Told) => string, wordOf: (one: Told) => string): string[] {
  const seen = new Map<string, string>();
  for (const one of told) {
    const word = wordOf(one);
    assert.is(seen.get(idOf(one)) ?? word, word, 'an id stands for one event');
    seen.set(idOf(one), word);
  }
  return [...seen.values()];
}

test('targets that hang, refuse, redirect, reset or do not exist delay nobody else', async () => {
  const well = await new Receiver().start();
  const slow = await new Receiver().start();
  slow.answer = (_request, response) => void setTimeout(() => response.writeHead(202).end(), 100);
  const sick = await Promise.all(Array.from({ length: 4 }, () => new Receiver().start()));
  sick[0]!.answer = () => undefined;
  sick[1]!.answer = (_request, response) => response.writeHead(500).end();
  sick[2]!.answer = (_request, response) => response.writeHead(302, { location: well.url }).end();
  sick[3]!.answer = (_request, _response, socket) => socket.resetAndDestroy();
  const urls = [well, slow, ...sick].map(({ url }) => url);
  const projects = Object.fromEntries(
    [...urls, 'http://127.0.0.1:1/'].map((sipMonitoringUrl, index) => [`p${index}`, { sipMonitoringUrl }]),
  );
  const box = await startBox(newFile(), projects);
  const begun = performance.now();
  const calls = Array.from({ length: 10 }, () =>
    Object.keys(projects).map(id => newCall({ project: id as ProjectId })),
  ).flat();
  for (const call of calls) for (const event of lifeOf(call)) void box.monitoring.recorder.record(event);
  await well.until(received => received.length >= 60);
  const wellMs = performance.now() - begun;
  await slow.until(received => received.length >= 60);
  // Less than the time-out that the hanging one runs into.
  assert.ok(wellMs < 4500, `${wellMs} ms`);
  for (const receiver of [well, slow]) {
    for (const { id } of calls) {
      const told = receiver.received.filter(({ body }) => body.call?.id === id).map(({ body }) => body);
      if (told.length > 0) assert.equal(inWords(told), lifeInWords);
    }
    assert.is(receiver.received.length, 60);
  }
  while (sick.slice(1).some(({ received }) => received.length < 4)) await new Promise(r => setTimeout(r, 20));
  assert.ok(box.monitoring.stats().failed >= 9);
  assert.is(await box.monitoring.drain(50), false);
  await box.close();
  await Promise.all([well, slow, ...sick].map(receiver => receiver.close()));
});

test('killed at any moment, the next process tells all that was committed, in order, and ends the calls', async () => {
  const file = newFile();
  const receiver = await new Receiver().start();
  // Slower than the events come, so that there is a backlog when it dies.
  receiver.answer = (_request, response) => void setTimeout(() => response.writeHead(200).end(), 5);
  const mosquitto = await new Mosquitto().start();
  const subscriber = await new Subscriber().start(mosquitto.url);

  const program = new URL('./box-crash.fixture.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', program, file, receiver.url, mosquitto.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const committed: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    committed.push(line);
    if (committed.length === 3000) child.kill('SIGKILL');
  }
  assert.equal(await exited, [null, 'SIGKILL']);
  assert.ok(committed.length >= 3000);

  receiver.answer = (_request, response) => response.writeHead(200).end();
  const box = await startBox(
    file,
    { [project]: { sipMonitoringUrl: receiver.url } },
    { broker: new RemoteBroker(mosquitto.url) },
  );
  assert.ok(box.store.pending > 0, 'there was a backlog');
  const orphans = await endOrphanedCalls(box.store, box.monitoring.recorder, systemClock);
  assert.ok(orphans > 0 && orphans <= 10, String(orphans));
  assert.ok(await box.monitoring.drain(20_000));
  const { pending, dropped, mqttConnected } = box.monitoring.stats();
  assert.equal({ pending, dropped, mqttConnected }, { pending: 0, dropped: 0, mqttConnected: true });
  await subscriber.until(heard => heard.filter(({ payload }) => payload.event === 'callDestroyed').length >= orphans);
  await box.close();
  assert.equal(rowsLeft(file), [0, 0, 0]);

  const byCall = new Map<string, string[]>();
  for (const line of committed) {
    const [call = '', word = ''] = line.split(' ');
    byCall.set(call, [...(byCall.get(call) ?? []), word]);
  }
  let repeated = 0;
  for (const [call, words] of byCall) {
    const posts = receiver.received.filter(({ body }) => body.call?.id === call);
    const published = subscriber.events().filter(({ payload }) => payload.call.id === call);
    const stories = [
      storyOf(
        posts,
        ({ headers }) => String(headers['x-crosspoint-event-id']),
        ({ body }) => inWords([body])[0]!,
      ),
      storyOf(
        published,
        ({ payload }) => payload.id,
        ({ payload }) => inWords([payload])[0]!,
      ),
    ];
    repeated += posts.length - stories[0]!.length + published.length - stories[1]!.length;
    for (const story of stories) {
      assert.equal(story.slice(0, words.length), words);
      assert.equal(story.slice(-2), ['HANGUP', 'callDestroyed']);
    }
    assert.equal(stories[0], stories[1]);
  }
  console.log(
    `  killed after ${committed.length} events of ${byCall.size} calls: none lost, ${repeated} told twice, ${orphans} calls ended`,
  );
  await subscriber.close();
  await mosquitto.close();
  await receiver.close();
});

test('20,000 events go out to a webhook and to MQTT, and no row is left', async () => {
  const file = newFile();
  const receiver = await new Receiver().start();
  const login = { username: 'crosspoint', password: 's' };
  const readerLogin = { username: 'reader', password: 'r' };
  const broker = new Broker({
    box: 'b1',
    host: '127.0.0.1',
    port: 0,
    service: login,
    reader: readerLogin,
    log: silentLog,
  });
  await broker.start();
  const { port } = broker.address;
  const subscriber = await new Subscriber().start(`mqtt://reader:r@127.0.0.1:${port}`);
  const box = await startBox(file, { [project]: { sipMonitoringUrl: receiver.url } }, { broker });
  const count = 20_000;
  const begun = performance.now();
  const calls = Array.from({ length: Math.ceil(count / 6) }, () => newCall());
  const events = calls.flatMap(call => lifeOf(call)).slice(0, count);
  await Promise.all(events.map(event => box.monitoring.recorder.record(event)));
  const committedMs = performance.now() - begun;
  assert.ok(await box.monitoring.drain(120_000));
  const deliveredMs = performance.now() - begun;
  await subscriber.until(() => subscriber.events().length >= count);
  console.log(
    `  ${count} events: committed at ${Math.round((count / committedMs) * 1000)}/s, delivered to both at ` +
      `${Math.round((count / deliveredMs) * 1000)}/s (receiver and reader in the same process)`,
  );
  assert.is(receiver.received.length, count);
  assert.is(subscriber.events().length, count);
  assert.is(box.monitoring.stats().delivered, 2 * count);
  await box.close();
  assert.equal(rowsLeft(file).slice(0, 2), [0, 0]);
  await subscriber.close();
  await broker.close();
  await receiver.close();
});

test('while nobody can be told, memory stays bounded', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const receiver = await new Receiver().start();
  receiver.answer = (_request, response) => {
    response.writeHead(503).end();
    receiver.received.length = 0;
  };
  const box = await startBox(newFile(), { [project]: { sipMonitoringUrl: receiver.url } });
  const record = async (calls: number) => {
    for (let i = 0; i < calls; i++) {
      await Promise.all(lifeOf(newCall()).map(event => box.monitoring.recorder.record(event)));
    }
  };
  await record(300);
  collect();
  const before = process.memoryUsage().heapUsed;
  await record(1500);
  collect();
  const grownKb = Math.round((process.memoryUsage().heapUsed - before) / 1024);
  console.log(
    `  9,000 more events that nobody takes: heap ${grownKb} KiB larger, ${box.store.pending} deliveries wait`,
  );
  assert.is(box.store.pending, 2 * 10_800);
  assert.ok(grownKb < 2048, `${grownKb} KiB`);
  await box.close();
  await receiver.close();
});

test('what waits for a webhook that is configured no more is dropped at start, the rest is told', async () => {
  const file = newFile();
  const dead = { sipMonitoringUrl: 'http://127.0.0.1:1/' };
  const first = await startBox(file, { [project]: dead, other: dead });
  const mine = newCall();
  for (const event of lifeOf(mine)) await first.monitoring.recorder.record(event);
  for (const event of lifeOf(newCall({ project: 'other' as ProjectId }))) await first.monitoring.recorder.record(event);
  await first.close();
  const receiver = await new Receiver().start();
  const second = await startBox(file, { [project]: { sipMonitoringUrl: receiver.url } });
  await receiver.until(received => received.length >= 6);
  assert.equal(inWords(receiver.received.map(({ body }) => body)), lifeInWords);
  assert.equal(
    (await second.store.targets()).filter(target => target.includes('other')),
    [],
  );
  await second.close();
  await receiver.close();
});

test('with private targets refused, nothing is sent to one', async () => {
  const receiver = await new Receiver().start();
  const named = { sipMonitoringUrl: `http://localhost:${receiver.port}/` };
  const literal = { sipMonitoringUrl: receiver.url };
  const box = await startBox(newFile(), { a: named, b: literal }, { allowPrivateTargets: false });
  for (const id of ['a', 'b']) {
    await box.monitoring.recorder.record(lifeOf(newCall({ project: id as ProjectId }))[0]!);
  }
  while (box.monitoring.stats().failed < 2) await new Promise(resolve => setTimeout(resolve, 10));
  assert.is(receiver.received.length, 0);
  await box.close();
  await receiver.close();
});

test.run();
