import type { InjectOptions } from 'fastify';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CrosspointError } from '../../base/errors.ts';
import { createLog, silentLog } from '../../base/log.ts';
import { CHROMIUM_PUBLISHES, CHROMIUM_SUBSCRIBES } from '../../webrtc/offers.samples.ts';
import { settled, startPeers } from '../../webrtc/peers.fixture.ts';
import { createServer } from '../server.ts';
import { webrtcRoutes } from './routes.ts';

const SDP = { 'content-type': 'application/sdp' };
const FRAGMENT = { 'content-type': 'application/trickle-ice-sdpfrag' };
const RESTART = 'a=ice-ufrag:Next\r\na=ice-pwd:anotherPasswordOfTheClient\r\n';
const CANDIDATES =
  'a=ice-ufrag:q3Hx\r\na=ice-pwd:Zc1k8b6vXkq0fPpSnvTzRXxw\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.9 9 typ host\r\n';

async function startWebrtc() {
  const rig = await startPeers();
  const told: string[] = [];
  const log = createLog('info', { write: line => void told.push(line) });
  const state = { ready: { sip: true, worker: true, store: true }, draining: false };
  const app = createServer(silentLog, { https: null, plain: 'always' });
  app.register(webrtcRoutes({ peers: rig.peers, readiness: () => state, clock: rig.clock, log }));
  const url = `/v2/session/${rig.session}`;
  const bearer = (token = rig.token()) => ({ authorization: `Bearer ${token}` });
  const request = async (method: InjectOptions['method'], path: string, headers = {}, body?: string) => {
    const answer = await app.inject({
      method: method ?? 'GET',
      url: path.startsWith('/') ? path : `${url}/${path}`,
      headers,
      ...(body !== undefined && { payload: body }),
    });
    const { statusCode: status, headers: fields, body: text } = answer;
    const error = /json/.test(String(fields['content-type'])) && text !== '' ? JSON.parse(text).error : null;
    return { status, headers: fields as Record<string, string>, text, error };
  };
  const publish = (headers: object = bearer(), query = '') =>
    request('POST', `whip${query}`, { ...SDP, ...headers }, CHROMIUM_PUBLISHES);
  const close = async () => {
    await rig.peers.close();
    await settled();
    assert.is(rig.media.open, 0);
    await app.close();
    assert.is(rig.clock.pendingTimers, 0);
  };
  return { ...rig, told, state, app, bearer, request, publish, close };
}

test('WHIP: an offer is answered with 201, and with all that its client needs', async () => {
  const { publish, media, sessions, ours, session, close } = await startWebrtc();
  const { status, headers, text } = await publish(undefined, '?name=me&videoType=camera&hasAudio=false');
  assert.is(status, 201);
  assert.is(headers['content-type'], 'application/sdp');
  assert.match(headers.location ?? '', new RegExp(`^/v2/session/${session}/whip/[\\w-]{32}$`));
  assert.match(headers.etag ?? '', /^"[\w-]{12}"$/);
  assert.is(headers['access-control-allow-origin'], '*');
  assert.match(
    headers['access-control-expose-headers'] ?? '',
    /Location.*ETag.*Crosspoint-Connection.*Crosspoint-Stream/,
  );
  assert.is(sessions.hasConnection(ours.id, session, headers['crosspoint-connection'] ?? ''), true);
  assert.match(text, 'a=recvonly');
  media.last.listener.secured?.();
  const [stream] = sessions.streams(ours.id, session);
  assert.equal([stream?.id, stream?.name, stream?.hasAudio], [headers['crosspoint-stream'], 'me', false]);
  // It has no camera, whatever it says.
  assert.is(stream?.videoType, null);
  await close();
});

test('WHEP: a stream, or the mix, is subscribed to', async () => {
  const { publish, request, bearer, media, close } = await startWebrtc();
  const { headers } = await publish();
  const source = media.last;
  source.listener.secured?.();
  const subscribe = (query: string) => request('POST', `whep${query}`, { ...SDP, ...bearer() }, CHROMIUM_SUBSCRIBES);
  const { status, text } = await subscribe(`?stream=${headers['crosspoint-stream']}`);
  assert.is(status, 201);
  assert.match(text, `a=msid:${headers['crosspoint-stream']} `);
  assert.equal(media.last.opened.hears, { kind: 'leg', leg: source.id });
  assert.is((await subscribe('')).status, 201);
  assert.is(media.last.opened.hears?.kind, 'session');
  assert.equal((await subscribe('?stream=none')).error, 'session.stream-unknown');
  await close();
});

test('DELETE ends a resource, for its owner alone', async () => {
  const { publish, request, bearer, token, peers, close } = await startWebrtc();
  const mine = bearer();
  const location = (await publish(mine)).headers.location ?? '';
  const other = { authorization: `Bearer ${token('moderator')}` };
  const missing = await request('DELETE', location);
  assert.equal([missing.status, missing.headers['www-authenticate']], [401, 'Bearer']);
  assert.is((await request('DELETE', location, other)).status, 403);
  assert.is((await request('DELETE', location.replace('whip', 'whep'), mine)).status, 404);
  assert.is(peers.size, 1);
  assert.is((await request('DELETE', location, mine)).status, 200);
  assert.is(peers.size, 0);
  assert.is((await request('DELETE', location, mine)).status, 404);
  await close();
});

test('the key of an event channel ties a stream to its connection, and is its credential', async () => {
  const { publish, request, bearer, enter, close } = await startWebrtc();
  const client = enter();
  const key = { 'crosspoint-client': client.key };
  const { headers } = await publish({ ...key, ...bearer() });
  assert.is(headers['crosspoint-connection'], client.connection);
  assert.is((await request('DELETE', headers.location ?? '', bearer())).status, 403);
  assert.is((await request('DELETE', headers.location ?? '', key)).status, 200);
  assert.is((await publish({ 'crosspoint-client': 'guessed', ...bearer() })).error, 'session.client-unknown');
  await client.leave('clientDisconnected');
  await close();
});

test('PATCH restarts ICE or takes candidates, under the right ETag', async () => {
  const { publish, request, bearer, close } = await startWebrtc();
  const mine = bearer();
  const { headers } = await publish(mine);
  const { location = '', etag = '' } = headers;
  const patch = (body: string, more: object = {}) =>
    request('PATCH', location, { ...FRAGMENT, ...mine, ...more }, body);
  assert.is((await patch(CANDIDATES)).status, 428);
  assert.is((await patch(CANDIDATES, { 'if-match': '"other"' })).status, 412);
  assert.is((await patch(CANDIDATES, { 'if-match': etag })).status, 204);
  assert.is((await patch(RESTART, { 'if-match': '"other"' })).status, 412);
  const restarted = await patch(RESTART, { 'if-match': '*' });
  assert.is(restarted.status, 200);
  assert.is(restarted.headers['content-type'], 'application/trickle-ice-sdpfrag');
  assert.is.not(restarted.headers.etag, etag);
  assert.match(restarted.text, 'a=ice-ufrag:ours1');
  assert.is((await patch(CANDIDATES, { 'if-match': etag })).status, 412);
  assert.is((await patch('nothing', { 'if-match': '*' })).error, 'sdp.no-ice');
  assert.is((await patch(RESTART, { 'if-match': '*', ...SDP })).status, 415);
  assert.is((await patch(RESTART, { 'if-match': '*', authorization: 'Bearer x' })).status, 403);
  await close();
});

test('PATCH of a subscription switches its picture off and on', async () => {
  const { publish, request, bearer, media, close } = await startWebrtc();
  const stream = (await publish()).headers['crosspoint-stream'];
  media.last.listener.secured?.();
  const mine = bearer();
  const made = await request('POST', `whep?stream=${stream}`, { ...SDP, ...mine }, CHROMIUM_SUBSCRIBES);
  const type = { 'content-type': 'application/merge-patch+json' };
  const patch = async (body: string, headers: object = mine, location = made.headers.location) => {
    const { status, error } = await request('PATCH', location ?? '', { ...type, ...headers }, body);
    return `${status} ${error}`;
  };
  assert.is(await patch('{"video":false}'), '204 null');
  assert.is(await patch('{"video":true}'), '204 null');
  assert.is(await patch('{"preferredResolution":{"width":160,"height":120}}'), '204 null');
  assert.is(await patch('{"video":true,"preferredResolution":null}'), '204 null');
  for (const wrong of [
    '{"video":1}',
    '{"video":false,"more":1}',
    '{"preferredResolution":{"width":0,"height":120}}',
    '{}',
    '[]',
    'no',
    '',
  ])
    assert.is(await patch(wrong), '400 http.bad-request');
  assert.is(await patch('{"video":false}', bearer('other')), '403 session.peer-foreign');
  const publication = (await publish(mine)).headers.location;
  assert.is(await patch('{"video":false}', mine, publication), '415 http.media-type');
  await close();
});

test('each refusal has its status and a stable code', async () => {
  const { request, bearer, token, session, state, media, close } = await startWebrtc();
  const post = async (headers: object, body = CHROMIUM_PUBLISHES, path = 'whip') => {
    const { status, error } = await request('POST', path, headers, body);
    return `${status} ${error}`;
  };
  const sdp = { ...SDP, ...bearer() };
  const cases: [Promise<string>, string][] = [
    [post(SDP), '401 http.token-missing'],
    [post({ ...SDP, authorization: 'Bearer nonsense' }), '401 http.token-refused'],
    [post({ ...SDP, authorization: `Bearer ${token('subscriber')}` }), '403 session.may-not-publish'],
    [post({ ...bearer(), 'content-type': 'application/json' }, '{}'), '415 http.media-type'],
    [post({ ...bearer(), 'content-type': 'text/plain' }), '415 http.media-type'],
    [post({ ...sdp, accept: 'application/json' }), '406 http.not-acceptable'],
    [post(sdp, 'hello'), '400 sdp.malformed'],
    [post(sdp, ''), '400 sdp.malformed'],
    [post(sdp, CHROMIUM_PUBLISHES.replace('opus', 'opium')), '406 sdp.no-common-codec'],
    [post(sdp, CHROMIUM_PUBLISHES.replace('a=rtcp-mux\r\n', '')), '422 sdp.no-rtcp-mux'],
    [post(sdp, 'x'.repeat(65_537)), '413 http.too-large'],
    [post(sdp, CHROMIUM_PUBLISHES, '/v2/session/none/whip'), '404 session.unknown'],
    [post(sdp, CHROMIUM_PUBLISHES, 'whip?videoType=film'), '400 http.bad-request'],
    [post(sdp, CHROMIUM_PUBLISHES, `whip?name=${'n'.repeat(201)}`), '400 http.bad-request'],
  ];
  for (const [answer, expected] of cases) assert.is(await answer, expected);
  media.failure = new CrosspointError('media.overloaded', 'the loop is late', { retriable: true });
  assert.is(await post(sdp), '503 media.overloaded');
  state.ready.worker = false;
  assert.is(await post(sdp), '503 http.not-ready');
  const { headers } = await request('POST', `/v2/session/${session}/whip`, SDP, 'x');
  assert.is(headers['access-control-allow-origin'], '*');
  await close();
});

test('pages of any origin may ask first what they may do', async () => {
  const { request, publish, close } = await startWebrtc();
  const origin = { origin: 'https://app.example.com', 'access-control-request-method': 'POST' };
  const endpoint = await request('OPTIONS', 'whip', origin);
  assert.is(endpoint.status, 204);
  assert.is(endpoint.headers['access-control-allow-origin'], '*');
  assert.match(endpoint.headers['access-control-allow-methods'] ?? '', 'POST');
  assert.match(endpoint.headers['access-control-allow-headers'] ?? '', /Authorization.*If-Match.*Crosspoint-Client/);
  assert.is(endpoint.headers['accept-post'], 'application/sdp');
  const resource = await request('OPTIONS', (await publish()).headers.location ?? '', origin);
  assert.match(resource.headers['access-control-allow-methods'] ?? '', /PATCH.*DELETE/);
  await close();
});

test('other methods are refused with what there is', async () => {
  const { request, close } = await startWebrtc();
  for (const [method, path, allow] of [
    ['GET', 'whip', 'POST, OPTIONS'],
    ['HEAD', 'whep', 'POST, OPTIONS'],
    ['PUT', 'whep/x', 'PATCH, DELETE, OPTIONS'],
  ] as const) {
    const { status, headers } = await request(method, path);
    assert.equal([status, headers.allow], [405, allow]);
  }
  await close();
});

test('a flood from one address is held back before anybody looks at it, and is one line in the log', async () => {
  const { request, clock, told, close } = await startWebrtc();
  const statuses = new Map<number, number>();
  for (let times = 0; times < 300; times++) {
    const { status } = await request('POST', 'whip', SDP, 'x');
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  assert.equal(
    [...statuses],
    [
      [401, 200],
      [429, 100],
    ],
  );
  clock.advance(1000);
  assert.is((await request('POST', 'whip', SDP, 'x')).status, 401);
  await close();
  const [line, ...more] = told.map(each => JSON.parse(each));
  assert.equal(
    [line.msg, line.refused, more],
    ['WebRTC offers were refused', { 'http.token-missing': 201, 'http.too-many-requests': 100 }, []],
  );
});

test.run();
