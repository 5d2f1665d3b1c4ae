import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProjectId } from '../../base/ids.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import { HostileServer } from './hostile-server.fixture.ts';
import { WebClient } from './web-client.ts';
import { WebSounds, type WebSoundsOptions } from './web-sounds.ts';

interface Scene {
  server: HostileServer;
  client: WebClient;
  directory: string;
  clock: ManualClock;
}

const test = suite<Scene>('sounds of applications');
test.before.each(async scene => {
  scene.server = await new HostileServer().start();
  scene.clock = new ManualClock();
  scene.client = new WebClient({ allowPrivateTargets: true, clock: scene.clock });
  scene.directory = mkdtempSync(path.join(tmpdir(), 'sounds-'));
});
test.after.each(async ({ server, client, directory }) => {
  await client.close();
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

const TENANT = 'tenant' as ProjectId;
const never = new AbortController().signal;
function soundsOf({ client, clock, directory }: Scene, over: Partial<WebSoundsOptions> = {}): WebSounds {
  const sounds = new WebSounds({ client, clock, directory, maxBytes: 1_000_000, maxSoundBytes: 100 * 1024, ...over });
  sounds.start();
  return sounds;
}
const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'it was fetched',
    error => error.code ?? error.message,
  );
async function contentOf(sounds: WebSounds, url: string): Promise<string> {
  const { directory, file } = await sounds.fetch(url, never, TENANT);
  return readFileSync(path.join(directory, file), 'utf8');
}

test('a sound becomes a file whose name is not the URL’s, and several who want it share one download', async scene => {
  const sounds = soundsOf(scene);
  const url = scene.server.url('/ok?body=RIFF&type=audio/wav&name=../../x.wav');
  const found = await Promise.all([1, 2, 3].map(() => sounds.fetch(url, never, TENANT)));
  assert.match(found[0]?.file ?? '', /^[0-9a-f]{64}\.sound$/);
  assert.ok(found.every(({ file, directory }) => file === found[0]?.file && directory === scene.directory));
  assert.is(await contentOf(sounds, `${url}#fragment`), 'RIFF');
  assert.is(scene.server.asked.length, 1);
});

test('its server is asked again after as long as it says, or a minute, and a sound that is the same is not fetched', async scene => {
  const { server, clock } = scene;
  let version = 1;
  server.answers.set('/music', ({ headers }, response) => {
    const etag = `"${version}"`;
    if (headers['if-none-match'] === etag) response.writeHead(304).end();
    else response.writeHead(200, { etag, 'content-type': 'audio/mpeg' }).end(`version ${version}`);
  });
  const sounds = soundsOf(scene);
  const url = server.url('/music');
  const hear = async (afterMs: number) => {
    clock.advance(afterMs);
    return `${await contentOf(sounds, url)}, asked ${server.asked.length}`;
  };
  assert.equal(
    [await hear(0), await hear(59_000), await hear(2_000), await hear(1_000)],
    ['version 1, asked 1', 'version 1, asked 1', 'version 1, asked 2', 'version 1, asked 2'],
  );
  version = 2;
  assert.is(await hear(61_000), 'version 2, asked 3');
  server.answers.set('/music', (_asked, response) => response.writeHead(503).end());
  assert.is(await hear(61_000), 'version 2, asked 4');
  server.answers.set('/music', (_asked, response) => response.writeHead(404).end());
  clock.advance(61_000);
  assert.is(await failure(sounds.fetch(url, never, TENANT)), 'script.fetch-status');
  const dated = server.url('/dated');
  server.answers.set('/dated', ({ headers }, response) => {
    const same = headers['if-modified-since'] === 'Thu, 01 Jan 2026 00:00:00 GMT';
    const told = { 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT', 'cache-control': 'public, no-cache' };
    response.writeHead(same ? 304 : 200, told).end(same ? undefined : 'dated');
  });
  server.asked.length = 0;
  for (let i = 0; i < 3; i++) assert.is(await contentOf(sounds, dated), 'dated');
  assert.is(server.asked.length, 3);
});

for (const [what, asked, code] of [
  ['does not come to an end', '/endless', 'script.fetch-too-large'],
  ['is larger than may be', '/large?bytes=102401', 'script.fetch-too-large'],
  ['unpacks to more', '/gzip-bomb', 'script.fetch-too-large'],
  ['is a page', '/html', 'script.no-sound'],
  ['breaks off', '/hang-up', 'script.fetch-refused'],
  ['is not there', '/nothing', 'script.fetch-status'],
] as const) {
  test(`a sound that ${what} is refused, and nothing of it stays: ${code}`, async scene => {
    assert.is(await failure(soundsOf(scene).fetch(scene.server.url(asked), never, TENANT)), code);
    assert.equal(readdirSync(scene.directory), []);
    await scene.client.close();
    await scene.server.until(({ open }) => open === 0);
  });
}

test('who gives up does not take it from others; when nobody wants it, it is broken off', async scene => {
  const { server } = scene;
  const sounds = soundsOf(scene);
  const [one, other] = [new AbortController(), new AbortController()];
  const url = server.url('/drip');
  const [first, second] = [
    failure(sounds.fetch(url, one.signal, TENANT)),
    failure(sounds.fetch(url, other.signal, TENANT)),
  ];
  await server.until(({ asked }) => asked.length === 1);
  one.abort(new Error('one is over'));
  assert.is(await first, 'one is over');
  assert.is(server.open, 1);
  other.abort(new Error('other is over'));
  assert.is(await second, 'other is over');
  await server.until(({ open }) => open === 0);
  assert.is(server.asked.length, 1);
});

test('where the disk takes nothing it says so', async scene => {
  const sounds = soundsOf(scene);
  rmSync(scene.directory, { recursive: true });
  assert.is(
    await failure(sounds.fetch(scene.server.url('/ok?body=RIFF&type=audio/wav'), never, TENANT)),
    'script.sound-not-kept',
  );
});

test('a URL of the box’s own is not fetched, and what is no URL is refused', async scene => {
  const own = (url: URL) => (url.pathname === '/recording' ? '/recordings/a/mixed.wav' : null);
  const sounds = soundsOf(scene, { own });
  const found = await sounds.fetch(scene.server.url('/recording'), never, TENANT);
  assert.equal(found, { kind: 'file', directory: '/recordings/a', file: 'mixed.wav' });
  assert.is(await failure(sounds.fetch('silence_stream://1000', never, TENANT)), 'script.fetch-refused');
  assert.is(await failure(sounds.fetch('music.wav', never, TENANT)), 'script.fetch-refused');
  assert.equal(scene.server.asked, []);
});

test.run();
