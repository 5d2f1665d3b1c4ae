import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CrosspointError } from '../../base/errors.ts';
import { createSessionId, parseSessionId } from '../../sessions/session-id.ts';
import { type ApiRig, restAuth, startApi } from '../testing/api-rig.ts';
import { called, OpenTok, type OpentokSdk, type SdkCall, type SdkStream } from '../testing/opentok-sdk.ts';

/** The official SDK, unmodified, against the API over HTTP. */
const test = suite<ApiRig>('the opentok SDK');

test.before(async context => {
  Object.assign(context, await startApi());
});
test.after(({ close }) => close());
test.before.each(({ asked, state }) => {
  asked.dialled.length = asked.hungUp.length = asked.digits.length = asked.forceMuted.length = 0;
  delete state.dialError;
});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

async function createSession(
  sdk: OpentokSdk,
  options: Record<string, unknown> = { mediaMode: 'routed' },
): Promise<string> {
  return (await called<{ sessionId: string }>(done => sdk.createSession(options, done))).sessionId;
}

function dial(sdk: OpentokSdk, session: string, uri: string, options: Record<string, unknown> = {}): Promise<SdkCall> {
  return called<SdkCall>(done => sdk.dial(session, sdk.generateToken(session), uri, options, done));
}

async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: Error) => error.message,
  );
}

test('creates a session whose id it can make tokens for', async ({ sdk, ours, sessions }) => {
  const id = await createSession(sdk);
  assert.is(parseSessionId(id)?.project, ours.id);
  assert.type(sdk.generateToken(id), 'string');
  assert.is(sessions.get(ours.id, id).mediaMode, 'routed');
});

test('creates relayed sessions unless told otherwise, and hands its options over', async ({ sdk, ours, sessions }) => {
  assert.is(sessions.get(ours.id, await createSession(sdk, {})).mediaMode, 'relayed');
  const options = { mediaMode: 'routed', archiveMode: 'always', location: '192.0.2.7', e2ee: true };
  const id = await createSession(sdk, options);
  assert.is(sessions.get(ours.id, id).archiveMode, 'always');
  assert.is(parseSessionId(id)?.location, '192.0.2.7');
});

test('dials, lists and fetches the stream, plays digits and hangs up', async ({ sdk, ours, asked }) => {
  const session = await createSession(sdk);
  const call = await dial(sdk, session, 'sip:bob@127.0.0.1:5070;transport=tcp', {
    from: '14155550101@example.com',
    headers: { 'X-Foo': 'bar', 'x-empty': '' },
    auth: { username: 'u', password: 'p' },
    secure: true,
  });
  for (const id of [call.id, call.connectionId, call.streamId]) assert.match(id, UUID);
  assert.equal(asked.dialled, [
    {
      project: ours.id,
      session,
      request: {
        uri: 'sip:bob@127.0.0.1:5070;transport=tcp',
        from: '14155550101@example.com',
        headers: [
          ['X-Foo', 'bar'],
          ['x-empty', ''],
        ],
        auth: { username: 'u', password: 'p' },
        secure: true,
        connectionData: '',
        publishes: true,
        observeForceMute: false,
      },
    },
  ]);

  const stream = { id: call.streamId, videoType: 'camera', name: '', layoutClassList: [] };
  const listed = await called<SdkStream[]>(done => sdk.listStreams(session, done));
  assert.equal(
    listed.map(item => ({ ...item })),
    [stream],
  );
  assert.equal({ ...(await called<SdkStream>(done => sdk.getStream(session, call.streamId, done))) }, stream);

  await called<void>(done => sdk.playDTMF(session, null, '1p2#', done));
  await called<void>(done => sdk.playDTMF(session, call.connectionId, '*9', done));
  assert.equal(asked.digits, [
    { session, connection: null, digits: '1p2#' },
    { session, connection: call.connectionId, digits: '*9' },
  ]);

  await called<void>(done => sdk.forceDisconnect(session, call.connectionId, done));
  assert.equal(asked.hungUp, [call.connectionId]);
  assert.equal(await called(done => sdk.listStreams(session, done)), []);
  assert.match(
    await failure(called(done => sdk.forceDisconnect(session, call.connectionId, done))),
    'Session or Connection not found',
  );
});

test('force mute reaches one stream, all, all but some by each name that the SDKs have, and ends', async ({
  sdk,
  ours,
  asked,
  request,
}) => {
  const session = await createSession(sdk);
  const { streamId } = await dial(sdk, session, 'sip:bob@127.0.0.1', { observeForceMute: true });
  assert.is(asked.dialled[0]?.request.observeForceMute, true);
  await called<void>(done => sdk.forceMuteStream(session, streamId, done));
  await called<void>(done => sdk.forceMuteAll(session, {}, done));
  await called<void>(done => sdk.forceMuteAll(session, { excludedStreams: [streamId] }, done));
  await called<void>(done => sdk.forceMuteAll(session, { excudedStreamIds: [streamId] }, done));
  await called<void>(done => sdk.disableForceMute(session, done));
  assert.equal(asked.forceMuted, [
    { stream: streamId },
    { active: true, excluded: [] },
    { active: true, excluded: [streamId] },
    { active: true, excluded: [streamId] },
    { active: false, excluded: [] },
  ]);
  const path = `/v2/project/${ours.id}/session/${session}`;
  const headers = { ...restAuth(ours), 'content-type': 'application/json' };
  // As @vonage/video sends them: an empty body that calls itself JSON, and its own name for the streams.
  const one = await request('POST', `${path}/stream/${streamId}/mute`, { headers });
  assert.is(one.status, 200);
  const { createdAt, ...body } = one.body;
  assert.equal(body, { id: ours.id, status: 'ACTIVE', name: ours.id, environment: 'standard' });
  assert.type(createdAt, 'number');
  const json = { active: true, excludedStreamIds: [streamId] };
  assert.equal((await request('POST', `${path}/mute`, { headers, json })).body, one.body);
  assert.equal(asked.forceMuted.at(-1), { active: true, excluded: [streamId] });
  for (const bad of [{ active: 'yes' }, { active: true, excludedStreams: 'all' }]) {
    const answer = await request('POST', `${path}/mute`, { headers, json: bad });
    assert.is(answer.status, 400);
    assert.type(answer.body.message, 'string');
  }
  assert.is((await request('POST', `${path}/stream/x/mute`, { headers })).status, 404);
  assert.is((await request('POST', `${path}/mute`, {})).status, 403);
});

test('both kinds of token dial, and the data of the token is the connection’s', async ({ sdk, asked }) => {
  const session = await createSession(sdk);
  for (const t1 of [false, true]) {
    const token = sdk.generateToken(session, { data: 'agent=7' }, t1);
    await called<SdkCall>(done => sdk.dial(session, token, 'sip:bob@127.0.0.1', {}, done));
    assert.is(asked.dialled.at(-1)?.request.connectionData, 'agent=7');
  }
});

test('a URI without a scheme is a SIP URI', async ({ sdk, asked }) => {
  await dial(sdk, await createSession(sdk), 'bob@127.0.0.1:5070');
  assert.is(asked.dialled[0]?.request.uri, 'sip:bob@127.0.0.1:5070');
});

test('a base URL that ends in a slash works', async ({ url, ours }) => {
  const sdk = new OpenTok(ours.id, ours.secret, `${url}/`);
  const session = await createSession(sdk);
  assert.match((await dial(sdk, session, 'sip:bob@127.0.0.1')).id, UUID);
});

test('is told in words what is wrong with a request', async ({ sdk, ours, theirSdk, asked, state }) => {
  const routed = await createSession(sdk);
  const relayed = await createSession(sdk, { mediaMode: 'relayed' });
  const unknown = createSessionId(ours.id, '', 1);
  const foreign = await createSession(theirSdk);
  const uri = 'sip:bob@127.0.0.1';
  const cases: [why: string, run: () => Promise<unknown>, expected: RegExp][] = [
    ['relayed', () => dial(sdk, relayed, uri), /"message":"The session is not routed/],
    ['bad URI', () => dial(sdk, routed, 'http://bob@127.0.0.1'), /"message":"sip.uri /],
    ['header', () => dial(sdk, routed, uri, { headers: { Via: 'x' } }), /every name must start with X-/],
    ['injection', () => dial(sdk, routed, uri, { headers: { 'X-A': 'b\r\nVia: c' } }), /control characters/],
    ['video', () => dial(sdk, routed, uri, { video: true }), /video: .* not available yet/],
    ['streams', () => dial(sdk, routed, uri, { streams: Array(65).fill('x') }), /streams must not have more than 64/],
    ['no session id', () => called(done => sdk.dial('nonsense', 'x', uri, {}, done)), /sessionId is not valid/],
    ['bad token', () => called(done => sdk.dial(routed, 'x', uri, {}, done)), /The token cannot be used/],
    [
      'wrong session',
      () => called(done => sdk.dial(routed, sdk.generateToken(relayed), uri, {}, done)),
      /for another session/,
    ],
    [
      'foreign token',
      () => called(done => sdk.dial(routed, theirSdk.generateToken(foreign), uri, {}, done)),
      /Invalid API key or secret/,
    ],
    ['foreign session', () => called(done => sdk.dial(foreign, 'x', uri, {}, done)), /Not Found/],
    ['unknown session', () => called(done => sdk.dial(unknown, 'x', uri, {}, done)), /Not Found/],
    ['no digits', () => called(done => sdk.playDTMF(routed, null, 'abc', done)), /digits must match/],
    ['no such connection', () => called(done => sdk.playDTMF(routed, 'x', '1', done)), /Not Found/],
    ['no such stream', () => called(done => sdk.getStream(routed, 'x', done)), /Not Found/],
    ['mute of no stream', () => called(done => sdk.forceMuteStream(routed, 'x', done)), /Not Found|not found|404/],
    ['mute of nothing', () => called(done => sdk.forceMuteAll(unknown, {}, done)), /Not Found|not found|404/],
    ['streams of nothing', () => called(done => sdk.listStreams(unknown, done)), /Not Found/],
  ];
  for (const [why, run, expected] of cases) assert.match(await failure(run()), expected, why);
  assert.equal(asked.dialled, []);

  state.dialError = new CrosspointError('call.too-many', 'The project has its 5 calls already', { retriable: true });
  assert.match(await failure(dial(sdk, routed, uri)), /The project has its 5 calls already/);
});

test('a wrong secret is told apart from everything else', async ({ url, ours }) => {
  const stranger = new OpenTok(ours.id, 'not the secret', url);
  assert.match(await failure(createSession(stranger)), /Invalid API key or secret/);
});

test('a box that is not ready refuses and stays alive', async ({ sdk, state }) => {
  const session = await createSession(sdk);
  state.ready.worker = false;
  assert.match(await failure(dial(sdk, session, 'sip:bob@127.0.0.1')), /not ready: worker/);
  await createSession(sdk);
  state.ready.worker = true;
  state.draining = true;
  assert.match(await failure(dial(sdk, session, 'sip:bob@127.0.0.1')), /is draining/);
  state.draining = false;
  await dial(sdk, session, 'sip:bob@127.0.0.1');
});

test('a dial that is sent again with its Idempotency-Key rings once', async ({ sdk, ours, request, asked }) => {
  const session = await createSession(sdk);
  const body = { sessionId: session, token: sdk.generateToken(session), sip: { uri: 'sip:bob@127.0.0.1' } };
  const send = (json: object, key = 'order-7') =>
    request('POST', `/v2/project/${ours.id}/dial`, { headers: { ...restAuth(ours), 'idempotency-key': key }, json });
  const [first, again] = await Promise.all([send(body), send(body)]);
  assert.is(first.status, 200);
  assert.equal(again.body, first.body);
  assert.is(asked.dialled.length, 1);
  assert.not.equal((await send(body, 'order-8')).body.id, first.body.id);
  const other = await send({ ...body, sip: { uri: 'sip:eve@127.0.0.1' } });
  assert.equal([other.status, asked.dialled.length], [422, 2]);
  assert.match(String(other.body.message), 'another request');
});

test.run();
