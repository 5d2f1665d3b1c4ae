import type { LookupFunction } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../base/clock.ts';
import { isCrosspointError } from '../../base/errors.ts';
import type { ProjectId } from '../../base/ids.ts';
import type { FetchFailureCode, WebDocument, WebRequest } from '../web.ts';
import { HostileServer } from './hostile-server.fixture.ts';
import { WebClient, type WebClientOptions } from './web-client.ts';
import { WebDocuments, type WebDocumentsOptions } from './web-documents.ts';

interface Scene {
  server: HostileServer;
  client: WebClient;
}

const test = suite<Scene>('documents of applications');
const clientWith = (options: Partial<WebClientOptions> = {}) =>
  new WebClient({ allowPrivateTargets: true, clock: systemClock, ...options });

test.before.each(async scene => {
  scene.server = await new HostileServer().start();
  scene.client = clientWith();
});
test.after.each(async ({ server, client }) => {
  await client.close();
  await server.close();
});

const never = new AbortController().signal;
const get = (url: string, over: Partial<WebRequest> = {}): WebRequest => ({
  url: new URL(url),
  method: 'GET',
  headers: {},
  body: null,
  ...over,
});
const form = { method: 'POST', body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } } as const;

function fetched(
  { server, client }: Scene,
  path: string,
  over: Partial<WebRequest> = {},
  options: Partial<WebDocumentsOptions> = {},
): Promise<WebDocument> {
  return new WebDocuments({ client, timeoutMs: 400, ...options }).fetch(get(server.url(path), over), never);
}

const failed = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error('It did not fail'),
    error => error,
  );

async function failure(document: Promise<unknown>): Promise<{ code: FetchFailureCode; message: string }> {
  try {
    await document;
  } catch (error) {
    if (isCrosspointError(error)) return { code: error.code as FetchFailureCode, message: error.message };
    throw error;
  }
  throw new Error('It was fetched');
}

test('a document comes with where it lay, its type and its text, and one connection serves several', async scene => {
  const { server } = scene;
  const document = await fetched(scene, `/ok?body=${encodeURIComponent('["ä"]')}&type=Text/XML;charset=utf-8`);
  assert.equal([document.contentType, document.text, document.url.pathname], ['text/xml', '["ä"]', '/ok']);
  await fetched(scene, '/ok', { ...form });
  await fetched(scene, '/ok');
  assert.equal(
    server.asked.map(({ method, text }) => [method, text]),
    [
      ['GET', ''],
      ['POST', 'a=1'],
      ['GET', ''],
    ],
  );
  assert.ok(server.open < 3);
});

test('what is packed is unpacked, and what is not in UTF-8 is read as it says', async scene => {
  for (const packing of ['gzip', 'deflate']) assert.is((await fetched(scene, `/${packing}?body=[1]`)).text, '[1]');
  assert.is((await fetched(scene, '/latin1')).text, '<Say>Grüße</Say>');
});

for (const [status, method, body] of [
  [301, 'GET', ''],
  [302, 'GET', ''],
  [303, 'GET', ''],
  [307, 'POST', 'a=1'],
  [308, 'POST', 'a=1'],
] as const) {
  test(`what was posted is asked for with ${method} where ${status} leads`, async scene => {
    const { url } = await fetched(scene, `/redirect?status=${status}&to=ok`, { ...form });
    assert.is(url.href, scene.server.url('/ok'));
    const { asked } = scene.server;
    assert.equal([asked[1]?.method, asked[1]?.text, asked[1]?.path], [method, body, '/ok']);
    assert.is(asked[1]?.headers['content-type'] !== undefined, method === 'POST');
  });
}

test('a password in the URL is Basic authentication, and does not go to another server', async scene => {
  const other = await new HostileServer().start();
  try {
    const { server } = scene;
    const to = encodeURIComponent(other.url('/ok'));
    const url = new URL(`http://user:p%40ss@127.0.0.1:${server.port}/redirect?to=${to}`);
    await fetched(scene, '', { url });
    await fetched(scene, `/redirect?to=${to}`, { headers: { Authorization: 'Bearer x' } });
    const [login = ''] = server.asked.map(({ headers }) => headers.authorization ?? '');
    assert.is(Buffer.from(login.slice('Basic '.length), 'base64').toString(), 'user:p@ss');
    assert.ok(other.asked.length === 2 && other.asked.every(({ headers }) => headers.authorization === undefined));
  } finally {
    await other.close();
  }
});

const failures: readonly (readonly [what: string, path: string, code: FetchFailureCode, sentence: RegExp])[] = [
  ['says nothing', '/silent', 'script.fetch-timeout', /within 0.4 s/],
  ['says a byte now and then', '/drip', 'script.fetch-timeout', /within 0.4 s/],
  ['says that it has 5 MB', '/large?bytes=5000000', 'script.fetch-too-large', /256 KiB/],
  ['does not come to an end', '/endless', 'script.fetch-too-large', /256 KiB/],
  ['unpacks to 16 MB', '/gzip-bomb', 'script.fetch-too-large', /256 KiB/],
  ['is packed in no way', '/no-gzip', 'script.not-a-script', /unpacked/],
  ['leads round and round', '/loop', 'script.fetch-redirects', /more than 5 times/],
  ['leads to a file', '/redirect?to=file:///etc/passwd', 'script.fetch-refused', /no http/],
  ['leads nowhere', '/redirect?to=http://%5B', 'script.fetch-redirects', /no URL/],
  ['fails', '/status?of=503', 'script.fetch-status', /was 503$/],
  ['is not there', '/nothing', 'script.fetch-status', /was 404$/],
  ['redirects without saying where', '/status?of=302', 'script.fetch-status', /was 302$/],
  ['hangs up in the middle', '/hang-up', 'script.fetch-refused', /broke/],
  ['speaks something else', '/no-http', 'script.fetch-refused', /HTTP/],
];
for (const [what, path, code, sentence] of failures) {
  test(`a server that ${what} is left: ${code}`, async scene => {
    const result = await failure(fetched(scene, path));
    assert.is(result.code, code);
    assert.match(result.message, sentence);
    assert.not.match(result.message, /127\.0\.0\.1/);
    await scene.client.close();
    await scene.server.until(({ open }) => open === 0);
  });
}

test('where nobody listens it says so', async scene => {
  const { code, message } = await failure(fetched(scene, '', { url: new URL('http://127.0.0.1:1/') }));
  assert.equal([code, message], ['script.fetch-refused', 'No connection came about (ECONNREFUSED)']);
});

test('private addresses are refused: literal ones, names that lead there, and where a public server leads', async scene => {
  const { server } = scene;
  const names: LookupFunction = (hostname, _options, callback) =>
    callback(null, [{ address: hostname === 'public.example' ? '127.0.0.1' : '10.0.0.1', family: 4 }]);
  const closed = clientWith({ allowPrivateTargets: false, lookup: names });
  const open = clientWith({ lookup: names });
  try {
    for (const host of ['127.0.0.1', '[::1]', 'private.example', '2130706433'])
      assert.match(
        (await failure(fetched({ server, client: closed }, '', { url: new URL(`http://${host}:${server.port}/ok`) })))
          .message,
        /private/,
      );
    assert.equal(server.asked, []);
    const named = new URL(`http://public.example:${server.port}/ok`);
    assert.is((await fetched({ server, client: open }, '', { url: named })).url.href, named.href);
  } finally {
    await Promise.all([closed.close(), open.close()]);
  }
});

test('whoever gives up is let go at once, and the connection is closed', async scene => {
  const { server, client } = scene;
  const giving = new AbortController();
  const document = new WebDocuments({ client }).fetch(get(server.url('/drip')), giving.signal);
  await server.until(({ asked }) => asked.length === 1);
  const why = new Error('The call is over');
  giving.abort(why);
  assert.is(await failed(document), why);
  await server.until(({ open }) => open === 0);
});

test('a project’s slow server delays nobody else, and its own calls get their turn in order', async scene => {
  const { server, client } = scene;
  const documents = new WebDocuments({ client, atOnce: 2 });
  const held: (() => void)[] = [];
  server.answers.set('/held', (_asked, response) => held.push(() => response.end('[]')));
  const [slow, quick] = ['slow' as ProjectId, 'quick' as ProjectId];
  const giving = new AbortController();
  const waiting = [0, 1, 2, 3].map(n =>
    documents.fetch(get(server.url(`/held?${n}`)), n === 2 ? giving.signal : never, slow),
  );
  await server.until(({ asked }) => asked.length === 2);
  assert.is((await documents.fetch(get(server.url('/ok')), never, quick)).text, '[]');
  giving.abort(new Error('over'));
  assert.is((await failed(waiting[2]!)).message, 'over');
  assert.equal(server.asked.map(({ path }) => path).sort(), ['/held?0', '/held?1', '/ok']);
  held.shift()?.();
  await server.until(({ asked }) => asked.length === 4);
  for (const answer of held) answer();
  await Promise.all([waiting[0], waiting[1], waiting[3]]);
});

test.run();
