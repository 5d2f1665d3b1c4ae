import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../base/log.ts';
import { startBox, type TestBox } from '../../monitoring/box.fixture.ts';
import { lifeOf, newCall, project } from '../../monitoring/events.fixture.ts';
import { Receiver } from '../../monitoring/receiver.fixture.ts';
import { createServer } from '../server.ts';
import { deviceWebhooksRoutes } from './webhooks.ts';

const TOKEN = 'operator-token-of-the-test';

interface Scene {
  folder: string;
  receiver: Receiver;
  box: TestBox;
  app: FastifyInstance;
}

const test = suite<Scene>('webhooks, for the operator');
test.before(async scene => {
  scene.folder = mkdtempSync(path.join(tmpdir(), 'webhooks-'));
  scene.receiver = await new Receiver().start();
  scene.box = await startBox(path.join(scene.folder, 'box.db'), {
    [project]: { sipMonitoringUrl: scene.receiver.url.replace('://', '://user:password@') },
  });
  scene.app = createServer(silentLog, { https: null, plain: 'always' });
  scene.app.register(deviceWebhooksRoutes(scene.box.monitoring.webhookDirectory, TOKEN));
});
test.after(async ({ app, box, receiver, folder }) => {
  await app.close();
  await box.close();
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ask({ app }: Scene, method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) {
  const answer = await app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${TOKEN}` },
    ...(payload && { payload }),
  });
  return { status: answer.statusCode, body: answer.json(), text: answer.body };
}

const DEAD_LETTERS = '/device/webhooks/dead-letters';

test('the operator sees how webhooks fare and what they did not take, has it told again, and deletes it', async scene => {
  const { box, receiver } = scene;
  receiver.answer = (_request, response) => response.writeHead(410).end();
  const call = newCall();
  for (const event of lifeOf(call)) await box.monitoring.recorder.record(event);
  while ((await ask(scene, 'GET', DEAD_LETTERS)).body.count < 6) await new Promise(setImmediate);
  const webhooks = await ask(scene, 'GET', '/device/webhooks');
  const [webhook] = webhooks.body.items;
  assert.equal(
    [webhooks.status, webhook.target, webhook.kind, webhook.host, webhook.deadLetters, webhook.givenUp],
    [200, `webhook:call:${project}`, 'call', `127.0.0.1:${receiver.port}`, 6, 6],
  );
  assert.not.match(webhooks.text, /password|hook"/);
  const { items } = (await ask(scene, 'GET', `${DEAD_LETTERS}?limit=2&after=1`)).body;
  assert.equal(
    items.map(({ id, reason, body }: { id: number; reason: string; body: { call: { id: string } } }) => [
      id,
      reason,
      body.call.id,
    ]),
    [
      [2, 'answered 410', call.id],
      [3, 'answered 410', call.id],
    ],
  );
  receiver.received.length = 0;
  receiver.answer = (_request, response) => response.writeHead(204).end();
  assert.equal((await ask(scene, 'POST', `${DEAD_LETTERS}/replay`, { ids: [2, 3] })).body, { replayed: 2 });
  await receiver.until(received => received.length === 2);
  assert.equal((await ask(scene, 'DELETE', `${DEAD_LETTERS}/1`)).body, { deleted: 1 });
  assert.equal((await ask(scene, 'DELETE', `${DEAD_LETTERS}?target=webhook:call:x`)).body, { deleted: 0 });
  assert.equal((await ask(scene, 'POST', `${DEAD_LETTERS}/replay`)).body, { replayed: 3 });
  await receiver.until(received => received.length === 5);
  assert.equal((await ask(scene, 'GET', DEAD_LETTERS)).body, { count: 0, items: [] });
});

test('wrong requests are refused, and a stranger is told nothing', async scene => {
  for (const wrong of [{ ids: [] }, { ids: ['x'] }, { colour: 'red' }])
    assert.is((await ask(scene, 'POST', `${DEAD_LETTERS}/replay`, wrong)).status, 400, JSON.stringify(wrong));
  assert.is((await ask(scene, 'GET', `${DEAD_LETTERS}?limit=501`)).status, 400);
  assert.is((await ask(scene, 'DELETE', `${DEAD_LETTERS}/x`)).status, 400);
  for (const [method, url] of [
    ['GET', '/device/webhooks'],
    ['GET', DEAD_LETTERS],
    ['POST', `${DEAD_LETTERS}/replay`],
    ['DELETE', DEAD_LETTERS],
  ] as const)
    assert.is((await scene.app.inject({ method, url })).statusCode, 401, url);
});

test.run();
