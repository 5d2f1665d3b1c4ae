import { MediaMode, type Video } from '@vonage/video';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CrosspointError } from '../../base/errors.ts';
import { application } from '../../config/projects.fixture.ts';
import { createSessionId, parseSessionId } from '../../sessions/session-id.ts';
import { type ApplicationsRig, startWithApplications } from '../testing/applications-rig.ts';
import { applicationToken, refusalOf, videoOf } from '../testing/vonage-sdk.ts';

/** The official SDK, unmodified, against the API over HTTP. */
const test = suite<ApplicationsRig>('@vonage/video');

test.before(async context => {
  Object.assign(context, await startWithApplications());
});
test.after(({ close }) => close());
test.before.each(({ asked, state }) => {
  asked.dialled.length = asked.hungUp.length = asked.digits.length = asked.forceMuted.length = 0;
  delete state.dialError;
});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const URI = 'sip:bob@127.0.0.1:5070';

async function newSession(video: Video): Promise<string> {
  return (await video.createSession()).sessionId;
}

function dial(video: Video, session: string, sip: Record<string, unknown> = {}, token?: string) {
  return video.initiateSIPCall(session, {
    token: token ?? video.generateClientToken(session),
    sip: { uri: URI, ...sip },
  });
}

test('creates sessions, routed unless told otherwise', async ({ video, app, sessions }) => {
  const { sessionId } = await video.createSession();
  assert.is(parseSessionId(sessionId)?.project, app.project.id);
  assert.is(parseSessionId(sessionId)?.location, '');
  assert.is(sessions.get(app.project.id, sessionId).mediaMode, 'routed');
  const relayed = await video.createSession({ mediaMode: MediaMode.RELAYED, location: '192.0.2.7' });
  assert.is(sessions.get(app.project.id, relayed.sessionId).mediaMode, 'relayed');
  assert.is(parseSessionId(relayed.sessionId)?.location, '192.0.2.7');
});

test('dials with every field, by both names that the SDK has for it', async ({ video, app, asked }) => {
  const session = await newSession(video);
  const token = video.generateClientToken(session, { data: 'agent=7', initialLayoutClassList: ['focus', 'full'] });
  const sip = {
    uri: `${URI};transport=tls`,
    from: '14155550101@example.com',
    headers: { 'X-Foo': 'bar' },
    auth: { username: 'u', password: 'p' },
    secure: true,
    video: false,
    observeForceMute: true,
    streams: ['5b0ac3de-3ff5-4fd6-a3e9-4d3c1f1ebc5c', 'nobody’s'],
  };
  const call = await video.initiateSIPCall(session, { token, sip });
  for (const id of [call.id, call.connectionId, call.streamId]) assert.match(id, UUID);
  // Its types have less than it hands over.
  const { projectId, sessionId } = call as typeof call & Record<string, unknown>;
  assert.equal([projectId, sessionId], [app.project.id, session]);
  assert.equal(asked.dialled, [
    {
      project: app.project.id,
      session,
      request: {
        uri: `${URI};transport=tls`,
        from: '14155550101@example.com',
        headers: [['X-Foo', 'bar']],
        auth: { username: 'u', password: 'p' },
        secure: true,
        connectionData: 'agent=7',
        publishes: true,
        observeForceMute: true,
        streams: sip.streams,
        layoutClasses: ['focus', 'full'],
      },
    },
  ]);
  await video.intiateSIPCall(session, { token, sip: { uri: URI, from: '' } });
  assert.is(asked.dialled[1]?.request.from, undefined);
});

test('lists and fetches streams, with the classes that it gives them', async ({ video }) => {
  const session = await newSession(video);
  assert.equal(await video.getStreamInfo(session), { count: 0, items: [] });
  const token = video.generateClientToken(session, { initialLayoutClassList: ['focus'] });
  const { streamId: id } = await dial(video, session, {}, token);
  const other = await dial(video, session);
  const first = { id, videoType: 'camera', name: '', layoutClassList: ['focus'] };
  const second = { id: other.streamId, videoType: 'camera', name: '', layoutClassList: [] };
  assert.equal(await video.getStreamInfo(session), { count: 2, items: [first, second] });
  assert.equal(await video.getStreamInfo(session, id), first);

  await video.setStreamClassLists(session, [
    { id, layoutClassList: [] },
    { id: other.streamId, layoutClassList: ['full', 'b'] },
  ]);
  const changed = { ...second, layoutClassList: ['full', 'b'] };
  assert.equal(await video.getStreamInfo(session), { count: 2, items: [{ ...first, layoutClassList: [] }, changed] });
  assert.equal(await video.getStreamInfo(session, other.streamId), changed);
  // Of a list with a stream that is none nothing is done.
  const wrong = [
    { id, layoutClassList: ['x'] },
    { id: 'nobody', layoutClassList: ['x'] },
  ];
  assert.is(await refusalOf(video.setStreamClassLists(session, wrong)), '404: There is no such stream in the session');
  assert.equal((await video.getStreamInfo(session, id)) as object, { ...first, layoutClassList: [] });
});

test('mutes a stream, and a session but for some until it ends that', async ({ video, app, asked, sessions }) => {
  const session = await newSession(video);
  const { streamId } = await dial(video, session);
  const { createdAt, ...told } = await video.muteStream(session, streamId);
  assert.type(createdAt, 'number');
  const { id } = app.project;
  assert.equal(told, { applicationId: id, status: 'ACTIVE', name: id, environment: 'standard' });
  assert.equal(await video.forceMuteAll(session, [streamId]), { ...told, createdAt });
  assert.ok(sessions.live(id, session).mutedExcept?.has(streamId));
  await video.forceMuteAll(session);
  await video.disableForceMute(session);
  assert.is(sessions.live(id, session).mutedExcept, null);
  assert.equal(asked.forceMuted, [
    { stream: streamId },
    { active: true, excluded: [streamId] },
    { active: true, excluded: [] },
    { active: false, excluded: [] },
  ]);
});

test('signals to all and to one, as much as there may be', async ({ video, app, clients, sessions }) => {
  const session = await newSession(video);
  const client = clients.enter(
    app.project,
    sessions.get(app.project.id, session).id,
    video.generateClientToken(session),
  );
  const told: unknown[] = [];
  client.listen(notice => void told.push(notice));
  await video.sendSignal({ type: 'chat', data: 'to all' }, session);
  await video.sendSignal({ type: 'x'.repeat(128), data: 'y'.repeat(8192) }, session, client.connection);
  assert.equal(told, [
    { type: 'signal', from: null, signalType: 'chat', data: 'to all' },
    { type: 'signal', from: null, signalType: 'x'.repeat(128), data: 'y'.repeat(8192) },
  ]);
  const long = (type: number, data: number) => ({ type: 'x'.repeat(type), data: 'y'.repeat(data) });
  assert.is(await refusalOf(video.sendSignal(long(129, 1), session)), '413: The type is longer than 128 bytes');
  assert.is(await refusalOf(video.sendSignal(long(1, 8193), session)), '413: The data is longer than 8192 bytes');
  // Bytes count, not letters.
  const umlauts = { type: 'ü'.repeat(65), data: '' };
  assert.is(
    await refusalOf(video.sendSignal(umlauts, session, client.connection)),
    '413: The type is longer than 128 bytes',
  );
  await client.leave('clientDisconnected');
  const gone = await refusalOf(video.sendSignal({ type: 'a', data: 'b' }, session, client.connection));
  assert.is(gone, '404: There is no such connection in the session');
  assert.is(told.length, 2);
});

test('plays digits to all and to one, and hangs up', async ({ video, asked }) => {
  const session = await newSession(video);
  const { connectionId } = await dial(video, session);
  await video.playDTMF(session, '1p2#');
  await video.playDTMF(session, '*9', connectionId);
  assert.equal(asked.digits, [
    { session, connection: null, digits: '1p2#' },
    { session, connection: connectionId, digits: '*9' },
  ]);
  await video.disconnectClient(session, connectionId);
  assert.equal(asked.hungUp, [connectionId]);
  assert.equal(await video.getStreamInfo(session), { count: 0, items: [] });
  const again = await refusalOf(video.disconnectClient(session, connectionId));
  assert.is(again, '404: There is no such connection in the session');
});

test('is told in words what is wrong with a request', async ({ video, otherVideo, app, asked, state }) => {
  const session = await newSession(video);
  const foreign = await newSession(otherVideo);
  const relayed = (await video.createSession({ mediaMode: MediaMode.RELAYED })).sessionId;
  const unknown = createSessionId(app.project.id, '', 1);
  const cases: [why: string, run: () => Promise<unknown>, expected: RegExp][] = [
    ['relayed', () => dial(video, relayed), /^409: The session is not routed/],
    ['bad URI', () => dial(video, session, { uri: 'http://bob@127.0.0.1' }), /^400: sip.uri /],
    ['header', () => dial(video, session, { headers: { Via: 'x' } }), /^400: .*must start with X-/],
    ['injection', () => dial(video, session, { headers: { 'X-A': 'b\r\nVia: c' } }), /^400: .*control characters/],
    ['video', () => dial(video, session, { video: true }), /^501: video: .*not available yet/],
    ['too many streams', () => dial(video, session, { streams: Array(65).fill('x') }), /^400: .*streams/],
    ['no session id', () => dial(video, 'nonsense', {}, 'x'), /^400: sessionId is not valid/],
    ['bad token', () => dial(video, session, {}, 'x'), /^400: The token cannot be used/],
    ['a token for REST', () => dial(video, session, {}, applicationToken(app)), /^400: .*not a participant token/],
    [
      'another session’s',
      () => dial(video, session, {}, video.generateClientToken(relayed)),
      /^400: .*another session/,
    ],
    [
      'foreign token',
      () => dial(video, session, {}, otherVideo.generateClientToken(foreign)),
      /^403: .*another project/,
    ],
    ['foreign session', () => dial(video, foreign), /^404: There is no such session/],
    ['unknown session', () => dial(video, unknown), /^404: There is no such session/],
    ['no digits', () => video.playDTMF(session, 'abc'), /^400: .*digits must match/],
    ['digits to nobody', () => video.playDTMF(session, '1', 'x'), /^404: There is no such connection/],
    ['digits nowhere', () => video.playDTMF(unknown, '1'), /^404: There is no such session/],
    ['no such stream', () => video.getStreamInfo(session, 'x'), /^404: There is no such stream/],
    ['streams of nothing', () => video.getStreamInfo(unknown), /^404: There is no such session/],
    ['mute of no stream', () => video.muteStream(session, 'x'), /^404: There is no such stream/],
    ['mute of nothing', () => video.forceMuteAll(unknown), /^404: There is no such session/],
    ['classes that are none', () => video.setStreamClassLists(session, [{ id: 'x' } as never]), /^400: /],
    ['signal to nothing', () => video.sendSignal({ type: 'a', data: 'b' }, unknown), /^404: There is no such session/],
    ['nobody to disconnect', () => video.disconnectClient(session, 'x'), /^404: There is no such connection/],
  ];
  for (const [why, run, expected] of cases) assert.match(await refusalOf(run()), expected, why);
  assert.equal(asked.dialled, []);
  state.dialError = new CrosspointError('call.too-many', 'The project has its 5 calls already', { retriable: true });
  assert.is(await refusalOf(dial(video, session)), '429: The project has its 5 calls already');
});

test('what the box has not is 501 with a sentence, for whoever has a credential', async ({ video, url, otherApp }) => {
  const session = await newSession(video);
  const token = video.generateClientToken(session);
  const later: [what: RegExp, run: (sdk: Video) => Promise<unknown>][] = [
    [/Broadcasts/, sdk => sdk.startBroadcast(session, { outputs: { hls: {} } } as never)],
    [/Broadcasts/, sdk => sdk.searchBroadcasts({})],
    [/Broadcasts/, sdk => sdk.getBroadcast('x')],
    [/Broadcasts/, sdk => sdk.stopBroadcast('x')],
    [/Broadcasts/, sdk => sdk.addStreamToBroadcast('x', 'y')],
    [/Captions/, sdk => sdk.enableCaptions(session, token)],
    [/Captions/, sdk => sdk.disableCaptions('x')],
    [/Experience Composer/, sdk => sdk.startExperienceComposerRender(session, token, { url: 'http://a/' } as never)],
    [/Experience Composer/, sdk => sdk.listExperienceComposerRenders({})],
    [/Experience Composer/, sdk => sdk.getExperienceComposerRender('x')],
    [/Experience Composer/, sdk => sdk.stopExperienceComposerRender('x')],
    [/Audio Connector/, sdk => sdk.connectToWebsocket(session, token, { uri: 'wss://a/' } as never)],
  ];
  const stranger = videoOf({ project: otherApp.project, keys: application(otherApp.project.id).keys }, url);
  for (const [what, run] of later) {
    assert.match(await refusalOf(run(video)), what);
    assert.match(await refusalOf(run(video)), /^501: .* not available on this box yet$/);
    assert.is(await refusalOf(run(stranger)), '401: Invalid token');
  }
});

test.run();
