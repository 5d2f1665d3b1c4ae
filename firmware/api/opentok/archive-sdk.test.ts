import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ApiRig, restAuth, startApi } from '../testing/api-rig.ts';
import { called, type OpentokSdk, type SdkArchive } from '../testing/opentok-sdk.ts';

/** Archives by the official SDK, unmodified, against the API over HTTP. */
const test = suite<ApiRig>('archives by the opentok SDK');

test.before(async context => {
  Object.assign(context, await startApi());
});
test.after(({ close }) => close());

/** A session with phones that speak. */
async function occupied({ sessions, ours }: ApiRig, mediaMode: 'routed' | 'relayed' = 'routed', phones = 1) {
  const { id } = await sessions.create(ours.id, { mediaMode, archiveMode: 'manual', location: '' });
  const joined = Array.from({ length: phones }, () => sessions.join(ours.id, id, ''));
  for (const { connectionId } of joined) sessions.publish(ours.id, id, connectionId);
  return { session: id, streams: joined.map(({ streamId }) => streamId) };
}

const start = (sdk: OpentokSdk, session: string, options: Record<string, unknown> = {}) =>
  called<SdkArchive>(done => sdk.startArchive(session, options, done));
const get = (sdk: OpentokSdk, id: string) => called<SdkArchive>(done => sdk.getArchive(id, done));

function listed(
  sdk: OpentokSdk,
  options: Record<string, unknown> = {},
): Promise<{ items: SdkArchive[]; count: number }> {
  return new Promise((resolve, reject) =>
    sdk.listArchives(options, (error, items, count) => (error ? reject(error) : resolve({ items, count }))),
  );
}

async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: Error) => error.message,
  );
}

/** One that was recorded and can be fetched. */
async function available(rig: ApiRig, options: Record<string, unknown> = {}): Promise<SdkArchive> {
  const { session } = await occupied(rig);
  const { id } = await start(rig.sdk, session, options);
  rig.archives.record(id, options.outputMode === 'individual' ? ['leg-a', 'leg-b'] : [null], '0123456789');
  await called(done => rig.sdk.stopArchive(id, done));
  await rig.archives.until(id, 'available');
  return get(rig.sdk, id);
}

test('starts an archive with every option, and gets back what it says', async rig => {
  const { sdk, ours, clock } = rig;
  const { session } = await occupied(rig);
  const archive = await start(sdk, session, {
    name: 'Monday',
    hasAudio: true,
    hasVideo: true,
    outputMode: 'composed',
    streamMode: 'auto',
    resolution: '1280x720',
    layout: { type: 'bestFit', screenshareType: 'pip' },
    multiArchiveTag: 'one',
    maxBitrate: 2_000_000,
  });
  const { stop, delete: remove, ...said } = archive;
  assert.equal(said as object, {
    id: archive.id,
    status: 'started',
    name: 'Monday',
    reason: '',
    sessionId: session,
    projectId: ours.id,
    createdAt: clock.now(),
    size: 0,
    duration: 0,
    outputMode: 'composed',
    streamMode: 'auto',
    hasAudio: true,
    hasVideo: false,
    resolution: '1280x720',
    url: null,
    multiArchiveTag: 'one',
  });
  assert.type(stop, 'function');
  assert.type(remove, 'function');
});

test('stops it, gets it with a URL, fetches it whole and in part without another credential, and deletes it', async rig => {
  const { sdk, request, url } = rig;
  const archive = await available(rig);
  assert.equal(
    [archive.status, archive.reason, archive.size, archive.duration],
    ['available', 'user initiated', 10, 5],
  );
  assert.ok(
    archive.url?.startsWith(`${url}/archives/${rig.ours.id}/${archive.id}/archive.ogg?expires=`),
    archive.url ?? '',
  );
  const path = String(archive.url).slice(url.length);
  const whole = await request('GET', path);
  assert.equal(
    [whole.status, whole.text, whole.headers.get('content-type')],
    [200, '0123456789', 'audio/ogg; codecs=opus'],
  );
  const part = await request('GET', path, { headers: { range: 'bytes=-3' } });
  assert.equal([part.status, part.text, part.headers.get('content-range')], [206, '789', 'bytes 7-9/10']);
  assert.is((await request('GET', path, { headers: { range: 'bytes=10-' } })).status, 416);
  await called(done => archive.delete(done));
  assert.is((await request('GET', path)).status, 404);
  assert.is(await failure(get(sdk, archive.id)), 'Archive not found');
  assert.is(await failure(called(done => sdk.deleteArchive(archive.id, done))), 'Archive not found');
});

test('an individual archive is fetched as a zip', async rig => {
  const archive = await available(rig, { outputMode: 'individual' });
  const answer = await fetch(String(archive.url));
  assert.equal([answer.status, answer.headers.get('content-type')], [200, 'application/zip']);
  const bytes = Buffer.from(await answer.arrayBuffer());
  assert.equal([bytes.length, bytes.toString('latin1', 0, 2)], [archive.size, 'PK']);
});

test('a URL is good for its file alone', async rig => {
  const { request, url } = rig;
  const archive = await available(rig);
  const other = await available(rig);
  const path = String(archive.url).slice(url.length);
  const spoilt = [
    path.replace(archive.id, other.id),
    path.replace('archive.ogg', 'archive.zip'),
    path.replace(/expires=(\d+)/, (_all, at) => `expires=${Number(at) + 60}`),
    path.replace(/signature=./, first => (first.endsWith('A') ? 'signature=B' : 'signature=A')),
    path.replace(rig.ours.id, rig.theirs.id),
  ];
  for (const wrong of spoilt) {
    const answer = await request('GET', wrong, { headers: restAuth(rig.ours) });
    assert.equal([answer.status, answer.body.error], [403, 'http.link-refused'], wrong);
  }
  assert.is((await request('GET', path.replace(/&signature.*/, ''))).status, 400);
  assert.is((await request('GET', path)).status, 200);
});

test('a URL is good for ten minutes, and a new one is to be had', async () => {
  const rig = await startApi();
  try {
    const { id, url } = await available(rig);
    rig.clock.advance(599_000);
    assert.is((await fetch(String(url))).status, 200);
    rig.clock.advance(2000);
    assert.is((await fetch(String(url))).status, 403);
    const exp = Math.floor(rig.clock.now() / 1000) + 60;
    const headers = restAuth(rig.ours, { exp });
    const { body } = await rig.request('GET', `/v2/project/${rig.ours.id}/archive/${id}`, { headers });
    assert.is((await fetch(String(body.url))).status, 200);
  } finally {
    await rig.close();
  }
});

test('lists archives, newest first, by page and by session', async rig => {
  const { sdk, theirSdk, clock } = rig;
  const before = (await listed(sdk)).count;
  const made: SdkArchive[] = [];
  for (let i = 0; i < 3; i++) {
    made.push(await available(rig, { name: `n${i}` }));
    clock.advance(1);
  }
  const all = await listed(sdk);
  assert.is(all.count, before + 3);
  assert.equal(
    all.items.slice(0, 3).map(({ name }) => name),
    ['n2', 'n1', 'n0'],
  );
  const page = await listed(sdk, { offset: 1, count: 1 });
  assert.equal([page.count, page.items.map(({ name }) => name)], [before + 3, ['n1']]);
  const ofSession = await listed(sdk, { sessionId: made[0]?.sessionId });
  assert.equal([ofSession.count, ofSession.items[0]?.id], [1, made[0]?.id]);
  assert.equal(await listed(theirSdk), { items: [], count: 0 });
  for (const wrong of ['count=1001', 'count=x', 'offset=-1'])
    assert.is(
      (await rig.request('GET', `/v2/project/${rig.ours.id}/archive?${wrong}`, { headers: restAuth(rig.ours) })).status,
      400,
    );
});

test('adds and removes streams in manual mode, and is told where it may not', async rig => {
  const { sdk, recordings } = rig;
  const { session, streams } = await occupied(rig, 'routed', 2);
  const [first = '', second = ''] = streams;
  const { id } = await start(sdk, session, { streamMode: 'manual' });
  await called(done => sdk.addArchiveStream(id, first, {}, done));
  await called(done => sdk.addArchiveStream(id, second, { hasAudio: false }, done));
  assert.equal((await get(sdk, id)).streams, [{ streamId: first, hasAudio: true, hasVideo: false }]);
  await called(done => sdk.removeArchiveStream(id, first, done));
  assert.equal(recordings.chosen.slice(-3), [[id, `leg of ${first}`], [id, `leg of ${first}`], [id]]);
  const unknown = 'Archive or stream not found';
  assert.is(await failure(called(done => sdk.addArchiveStream(id, 'nobody', {}, done))), unknown);
  assert.is(await failure(called(done => sdk.removeArchiveStream('nothing', first, done))), unknown);
  const auto = await start(sdk, session, { multiArchiveTag: 'auto' });
  assert.is(await failure(called(done => sdk.addArchiveStream(auto.id, first, {}, done))), 'Unsupported Stream Mode');
});

test('takes a layout, which sound has none of', async rig => {
  const { session } = await occupied(rig);
  const { id } = await start(rig.sdk, session, {});
  await called(done => rig.sdk.setArchiveLayout(id, 'bestFit', null, 'pip', done));
  assert.equal(rig.archives.archives.get(rig.ours.id, id).layout, { type: 'bestFit', screenshareType: 'pip' });
});

test('is told why an archive cannot be started or stopped', async rig => {
  const { sdk, theirSdk, sessions, ours } = rig;
  assert.is(await failure(start(sdk, 'nothing')), 'Session not found');
  const empty = await sessions.create(ours.id, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
  assert.is(await failure(start(sdk, empty.id)), 'Session not found');
  assert.match(await failure(start(sdk, (await occupied(rig, 'relayed')).session)), /not routed/);
  const { session } = await occupied(rig);
  assert.match(await failure(start(sdk, session, { hasAudio: false })), /nothing but sound/);
  for (const wrong of [{ outputMode: 'both' }, { streamMode: 'x' }, { resolution: 'large' }, { layout: 'pip' }])
    assert.match(await failure(start(sdk, session, wrong)), /Bad request/, JSON.stringify(wrong));
  assert.is(await failure(start(theirSdk, session)), 'Session not found');
  const archive = await start(sdk, session);
  assert.match(await failure(start(sdk, session)), /being archived already/);
  assert.is(await failure(called(done => theirSdk.stopArchive(archive.id, done))), 'Archive not found');
  assert.is(await failure(get(theirSdk, archive.id)), 'Archive not found');
  assert.match(await failure(called(done => sdk.deleteArchive(archive.id, done))), /not complete yet/);
  rig.archives.record(archive.id, [null]);
  const stopped = await called<SdkArchive>(done => archive.stop(done));
  assert.equal([stopped.status, stopped.url], ['stopped', null]);
  assert.is(await failure(called(done => archive.stop(done))), 'The archive is not being recorded');
  assert.is(await failure(called(done => sdk.stopArchive('nothing', done))), 'Archive not found');
  rig.state.ready.worker = false;
  assert.match(await failure(start(sdk, session)), /not ready/);
  rig.state.ready.worker = true;
});

test.run();
