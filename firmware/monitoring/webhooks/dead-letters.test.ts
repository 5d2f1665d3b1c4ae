import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startBox, type TestBox } from '../box.fixture.ts';
import { inWords, lifeInWords, lifeOf, newCall, project } from '../events.fixture.ts';
import { Receiver } from '../receiver.fixture.ts';

interface Scene {
  folder: string;
  receiver: Receiver;
  box: TestBox;
}

const test = suite<Scene>('dead letters');
test.before.each(async scene => {
  scene.folder = mkdtempSync(path.join(tmpdir(), 'letters-'));
  scene.receiver = await new Receiver().start();
  scene.box = await startBox(path.join(scene.folder, 'box.db'), {
    [project]: { sipMonitoringUrl: scene.receiver.url, webhookSecret: 'a secret of sixteen and more' },
  });
});
test.after.each(async ({ folder, receiver, box }) => {
  await box.close();
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

const TARGET = `webhook:call:${project}`;

async function callGivenUp({ box, receiver }: Scene): Promise<void> {
  receiver.answer = (_request, response) => response.writeHead(410).end();
  for (const event of lifeOf(newCall())) await box.monitoring.recorder.record(event);
  await receiver.until(received => received.length >= 6);
  while ((await box.monitoring.webhookDirectory.list())[0]?.deadLetters !== 6) await new Promise(setImmediate);
}

test('what a webhook answers 410 to is kept aside, in order, with why, and told on request under the same ids', async scene => {
  const { box, receiver } = scene;
  await callGivenUp(scene);
  const [webhook] = await box.monitoring.webhookDirectory.list();
  const { target, state, pending, delivered, failed, givenUp, lastError } = webhook ?? {};
  assert.equal([target, state, pending, delivered, failed, givenUp], [TARGET, 'up', 0, 0, 6, 6]);
  assert.is(lastError?.reason, 'answered 410');
  const letters = await box.monitoring.webhookDirectory.deadLetters(null, 0, 100);
  assert.equal(inWords(letters.map(({ body }) => body as Record<string, unknown>)), lifeInWords);
  assert.equal(
    letters.map(({ eventId }) => eventId),
    receiver.received.map(({ headers }) => headers['x-crosspoint-event-id']),
  );
  const behind = await box.monitoring.webhookDirectory.deadLetters(TARGET, letters[1]?.id ?? 0, 2);
  assert.equal(behind, letters.slice(2, 4));
  receiver.received.length = 0;
  receiver.answer = (_request, response) => response.writeHead(200).end();
  assert.is(await box.monitoring.webhookDirectory.replay({ target: TARGET, ids: null }), 6);
  await receiver.until(received => received.length >= 6);
  assert.equal(inWords(receiver.received.map(({ body }) => body)), lifeInWords);
  assert.equal(
    receiver.received.map(({ headers }) => headers['x-crosspoint-event-id']),
    letters.map(({ eventId }) => eventId),
  );
  assert.ok(receiver.received.every(({ headers }) => headers.authorization?.startsWith('Bearer ')));
  assert.equal(await box.monitoring.webhookDirectory.deadLetters(null, 0, 100), []);
});

test('some are replayed, some are deleted, by id and by webhook', async scene => {
  const { box, receiver } = scene;
  await callGivenUp(scene);
  const { webhookDirectory } = box.monitoring;
  const ids = (await webhookDirectory.deadLetters(null, 0, 100)).map(({ id }) => id);
  receiver.received.length = 0;
  receiver.answer = (_request, response) => response.writeHead(200).end();
  assert.is(await webhookDirectory.replay({ target: 'webhook:call:another', ids: null }), 0);
  assert.is(await webhookDirectory.replay({ target: null, ids: ids.slice(0, 1) }), 1);
  await receiver.until(received => received.length >= 1);
  assert.is(receiver.received[0]?.body.event, 'callCreated');
  assert.is(await webhookDirectory.remove({ target: null, ids: ids.slice(1, 2) }), 1);
  assert.is(await webhookDirectory.remove({ target: TARGET, ids: null }), 4);
  assert.equal(await webhookDirectory.deadLetters(null, 0, 100), []);
});

test('what has waited for a day is a dead letter', async scene => {
  const { box, receiver } = scene;
  receiver.answer = (_request, response) => response.writeHead(302, { location: receiver.url }).end();
  await box.monitoring.recorder.record(lifeOf(newCall())[0]!);
  await receiver.until(received => received.length >= 1);
  await box.store.prune(Date.now() + 1);
  const [letter] = await box.monitoring.webhookDirectory.deadLetters(null, 0, 100);
  assert.equal([letter?.target, letter?.reason], [TARGET, 'it waited for too long']);
  const [webhook] = await box.monitoring.webhookDirectory.list();
  assert.is(webhook?.lastError?.reason, 'answered 302, and redirects are not followed');
});

test.run();
