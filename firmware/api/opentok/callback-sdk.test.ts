import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ApiRig, restAuth, startApi } from '../testing/api-rig.ts';
import { called, type OpentokSdk, type SdkCallback } from '../testing/opentok-sdk.ts';

/** Registered callbacks by the official SDK, unmodified, against the API over HTTP. */
const test = suite<ApiRig>('callbacks by the opentok SDK');

test.before(async context => {
  Object.assign(context, await startApi());
});
test.after(({ close }) => close());

const URL_OF_US = 'https://app.example.com/hook?key=k';
const register = (sdk: OpentokSdk, group: string, event: string, url = URL_OF_US) =>
  called<SdkCallback>(done => sdk.registerCallback({ group, event, url }, done));
const list = (sdk: OpentokSdk) => called<SdkCallback[]>(done => sdk.listCallbacks(done));

async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: Error) => error.message,
  );
}

test('registers, lists and unregisters callbacks of every kind', async ({ sdk, theirSdk, clock }) => {
  const kinds = ['connection created', 'connection destroyed', 'stream created', 'stream destroyed', 'archive status'];
  for (const kind of kinds) {
    const [group = '', event = ''] = kind.split(' ');
    const { id, createdAt, url } = await register(sdk, group, event);
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.equal([createdAt, url], [clock.now(), URL_OF_US]);
  }
  const all = await list(sdk);
  assert.equal(
    all.map(({ group, event }) => `${group} ${event}`),
    kinds,
  );
  assert.equal(await list(theirSdk), []);
  // The SDK's own `callback.unregister()` calls a function that it does not have.
  await called(done => sdk.unregisterCallback(String(all[0]?.id), done));
  await called(done => sdk.unregisterCallback(String(all[1]?.id), done));
  assert.is((await list(sdk)).length, 3);
  assert.is(await failure(called(done => sdk.unregisterCallback(String(all[1]?.id), done))), 'Not Found');
  assert.is(await failure(called(done => theirSdk.unregisterCallback(String(all[2]?.id), done))), 'Not Found');
});

test('is told of what cannot be registered', async ({ sdk }) => {
  for (const [group, event] of [
    ['archive', 'created'],
    ['connection', 'status'],
    ['call', 'created'],
  ] as const)
    assert.match(await failure(register(sdk, group, event)), /Unexpected response/, `${group} ${event}`);
  for (const url of [
    'ftp://x/',
    'nonsense',
    'https://',
    `https://x/${'y'.repeat(2048)}`,
    'http://127.0.0.1/x',
    'http://[::1]/',
  ])
    assert.match(await failure(register(sdk, 'stream', 'created', url)), /url|Bad request/, url);
});

test('a project has a hundred at most', async ({ theirSdk, request, theirs }) => {
  for (let i = 0; i < 100; i++) await register(theirSdk, 'stream', 'created');
  assert.match(await failure(register(theirSdk, 'stream', 'created')), /100 callbacks already/);
  const answer = await request('GET', `/v2/project/${theirs.id}/callback`, { headers: restAuth(theirs) });
  assert.is((JSON.parse(answer.text) as unknown[]).length, 100);
});

test.run();
