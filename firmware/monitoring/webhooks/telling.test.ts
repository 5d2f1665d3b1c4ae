import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import jwt from 'jsonwebtoken';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../base/clock.ts';
import type { CallId, ProjectId } from '../../base/ids.ts';
import type { Telling } from '../../scripts/leader.ts';
import { Tellings } from '../../scripts/tellings.ts';
import { startBox, type TestBox } from '../box.fixture.ts';
import { newCall } from '../events.fixture.ts';
import { Receiver } from '../receiver.fixture.ts';
import { tellingRequest } from './telling-request.ts';
import { twilioSignature } from './twilio-signature.ts';

const VOICE = '78d335fa-323d-0114-9c3d-d6f0d48968cf' as ProjectId;
const ACCOUNT = `AC${'0'.repeat(32)}` as ProjectId;
const SECRET = 'a secret of sixteen and more';
const TOKEN = 'a token of sixteen and more';
const projects = {
  [VOICE]: { kind: 'vonage', webhookSecret: SECRET },
  [ACCOUNT]: { kind: 'twilio', authToken: TOKEN },
} as const;

interface Scene {
  folder: string;
  receiver: Receiver;
  box: TestBox;
}

const test = suite<Scene>('what scripts tell');
test.before.each(async scene => {
  scene.folder = mkdtempSync(path.join(tmpdir(), 'telling-'));
  scene.receiver = await new Receiver().start();
  scene.box = await startBox(path.join(scene.folder, 'box.db'), projects);
});
test.after.each(async ({ folder, receiver, box }) => {
  await box.close();
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

const tellings = ({ box }: Scene) => new Tellings({ events: box.monitoring.recorder, clock: systemClock });
const telling = (receiver: Receiver, fields: Telling['fields'], over: Partial<Telling> = {}): Telling => ({
  url: receiver.url,
  method: 'POST',
  format: 'json',
  fields,
  ...over,
});

test('an application is told in JSON, signed with its webhook secret, and nobody else is told', async scene => {
  const { receiver, box } = scene;
  const call = newCall({ project: VOICE });
  await tellings(scene).tell(call, [telling(receiver, { status: 'ringing', headers: { a: 1 } })]);
  await receiver.until(received => received.length > 0);
  const { method, path: asked, headers, body, text } = receiver.received[0]!;
  assert.equal([method, asked, body], ['POST', '/hook', { status: 'ringing', headers: { a: 1 } }]);
  const { payload_hash } = jwt.verify(String(headers.authorization).slice('Bearer '.length), SECRET) as jwt.JwtPayload;
  assert.is(payload_hash, createHash('sha256').update(text).digest('hex'));
  assert.equal(await box.store.outbox('mqtt', 0, 10), []);
});

test('a form repeats the name of a list, and is signed as Twilio does', async scene => {
  const { receiver } = scene;
  const fields = { CallSid: 'CA1', Digits: '12 3', Event: ['b', 'a'], Nothing: null };
  const url = `${receiver.url}?foo=1&bar=2`;
  await tellings(scene).tell(newCall({ project: ACCOUNT }), [telling(receiver, fields, { url, format: 'form' })]);
  await receiver.until(received => received.length > 0);
  const { path: asked, headers, text } = receiver.received[0]!;
  assert.equal([asked, text], ['/hook?foo=1&bar=2', 'CallSid=CA1&Digits=12+3&Event=b&Event=a']);
  assert.is(headers['content-type'], 'application/x-www-form-urlencoded');
  const signed = { CallSid: 'CA1', Digits: '12 3', Event: ['a', 'b'] };
  assert.is(headers['x-twilio-signature'], twilioSignature(TOKEN, url, signed));
});

test('with GET the fields go behind the query that is there, and the URL alone is signed', async scene => {
  const { receiver } = scene;
  const fields = { to: 'ä b', what: { deep: [1] } };
  const over = { url: `${receiver.url}?x=1`, method: 'GET' } as const;
  await tellings(scene).tell(newCall({ project: ACCOUNT }), [telling(receiver, fields, over)]);
  await receiver.until(received => received.length > 0);
  const { method, path: asked, headers, text } = receiver.received[0]!;
  assert.equal([method, text], ['GET', '']);
  assert.is(asked, '/hook?x=1&to=%C3%A4+b&what=%7B%22deep%22%3A%5B1%5D%7D');
  assert.is(headers['x-twilio-signature'], twilioSignature(TOKEN, `http://127.0.0.1:${receiver.port}${asked}`));
});

test('Twilio’s own example has its signature; JSON is signed by way of the query', () => {
  const fields = {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675309',
    Digits: '1234',
    From: '+14158675309',
    To: '+18005551212',
  };
  const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
  assert.is(twilioSignature('12345', url, fields), 'RSOYDt4T1cUTdK1PDd93/VVr8B8=');
  const sent = tellingRequest(
    { url: 'https://u:p@a.example/', method: 'POST', format: 'json', fields: { a: 1 } },
    TOKEN,
  );
  const hash = createHash('sha256').update('{"a":1}').digest('hex');
  const signature = twilioSignature(TOKEN, `https://a.example/?bodySHA256=${hash}`);
  assert.is(sent?.headers['x-twilio-signature'], signature);
  assert.is(tellingRequest({ url: 'file:///etc/passwd', method: 'GET', format: 'form', fields: {} }, null), null);
});

test('a call is told of in order, over refusals and a restart; other calls do not wait for it', async scene => {
  const { receiver } = scene;
  const refused = new Set(['a']);
  receiver.answer = ({ body }, response) => {
    response.writeHead(refused.has(String(body.call)) ? 503 : 200).end();
  };
  const [a, b] = [newCall({ project: VOICE }), newCall({ project: VOICE })];
  const steps = (call: string) => [1, 2, 3].map(step => telling(receiver, { call, step }));
  await tellings(scene).tell(a, steps('a'));
  await tellings(scene).tell(b, steps('b'));
  const told = (call: string) =>
    receiver.received.filter(({ body }) => String(body.call) === call).map(({ body }) => body.step);
  await receiver.until(() => told('b').length === 3 && told('a').length > 0);
  assert.equal(told('b'), [1, 2, 3]);
  assert.ok(told('a').every(step => step === 1));
  await scene.box.close();
  receiver.received.length = 0;
  refused.clear();
  scene.box = await startBox(path.join(scene.folder, 'box.db'), projects);
  await receiver.until(() => told('a').length === 3);
  assert.equal(told('a'), [1, 2, 3]);
});

test('the operator sees where it stands, and never an address', async scene => {
  const { receiver, box } = scene;
  receiver.answer = (_request, response) => response.writeHead(410).end();
  const url = `http://user:password@127.0.0.1:${receiver.port}/hook?key=secret`;
  await tellings(scene).tell(newCall({ project: VOICE }), [
    telling(receiver, { status: 'ringing' }, { url }),
    telling(receiver, {}, { url: 'no URL' }),
  ]);
  const { webhookDirectory } = box.monitoring;
  const standing = async () => (await webhookDirectory.list()).find(({ project }) => project === VOICE);
  while ((await standing())?.deadLetters !== 2) await new Promise(setImmediate);
  const { target, kind, host, state, lastError } = (await standing())!;
  assert.equal([target, kind, host, state], [`webhook:script:${VOICE}`, 'script', null, 'up']);
  assert.is(lastError?.reason, 'its URL is no http(s) URL');
  const letters = await webhookDirectory.deadLetters(null, 0, 10);
  assert.equal(letters[0]?.body, { status: 'ringing' });
  assert.not.match(JSON.stringify([letters, await standing()]), /secret|password/);
});

test('with private targets refused, no script reaches one', async scene => {
  await scene.box.close();
  scene.box = await startBox(path.join(scene.folder, 'box.db'), projects, { allowPrivateTargets: false });
  await tellings(scene).tell(newCall({ project: VOICE }), [telling(scene.receiver, {})]);
  const { webhookDirectory } = scene.box.monitoring;
  while (!(await webhookDirectory.list())[0]?.lastError) await new Promise(setImmediate);
  assert.is((await webhookDirectory.list())[0]?.lastError?.reason, 'the address is private');
  assert.equal(scene.receiver.received, []);
});

test('what counts for nothing in a document is told to the operator, without the query of its URL', async scene => {
  const call = newCall({ id: 'c1' as CallId, project: VOICE });
  const warning = { code: 'unknown-verb', place: '[0]', message: 'x'.repeat(1000) } as const;
  await tellings(scene).warned(
    call,
    'https://u:p@a.example/ncco?key=secret',
    Array.from({ length: 99 }, () => warning),
  );
  const [row] = await scene.box.store.outbox('mqtt', 0, 10);
  const { event, sequence } = JSON.parse(row?.body ?? '{}');
  assert.equal(
    [event.type, event.url, event.warnings.length, sequence],
    ['scriptWarned', 'https://a.example/ncco', 20, 1],
  );
  assert.is(event.warnings[0].message.length, 200);
});

test.run();
