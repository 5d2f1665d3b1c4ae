import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LegStats } from '../../../pipelines/protocol/figures.ts';
import { mediaFigures } from '../../quality/call-media.ts';
import { figures } from '../../quality/quality.samples.ts';
import type { CallView } from '../ports.ts';
import { type ApiRig, OPERATOR_TOKEN, restAuth, startApi } from '../testing/api-rig.ts';

const test = suite<ApiRig>('the device API');

test.before(async context => {
  Object.assign(context, await startApi());
});
test.after(({ close }) => close());
test.before.each(({ calls, state }) => {
  calls.length = 0;
  Object.assign(state, { ready: { sip: true, worker: true, store: true }, draining: false });
});

const operator = { authorization: `Bearer ${OPERATOR_TOKEN}` };

const stats: LegStats = {
  leg: 'leg-1',
  openMs: 1234.5,
  received: {
    packets: 50,
    bytes: 8000,
    expected: 50,
    lost: 0,
    duplicates: 0,
    reordered: 0,
    late: 0,
    discarded: 0,
    jitterMs: 0.25,
    ssrc: 4_000_000_000,
    from: { host: '127.0.0.1', port: 4000 },
    sinceLastMs: null,
    concealedMs: 0,
    levelDbov: -20.5,
    frequencyHz: null,
  },
  sent: { packets: 50, bytes: 8000, errors: 0, ssrc: 1, levelDbov: null },
  rtcp: { received: 0, sent: 1, roundTripMs: null, remoteLossRatio: null, remoteJitterMs: null },
  buffer: { targetMs: null, delayMs: 12.5 },
  delayAddedMs: { p50: 10, p95: 12, p99: 13, max: 14 },
  digits: { received: 0, sent: 0 },
};

const ringing: CallView = {
  id: '0d1b0f0e-0000-4000-8000-000000000001',
  project: '46000001',
  sessionId: '2_abc',
  connectionId: '0d1b0f0e-0000-4000-8000-000000000002',
  direction: 'outbound',
  from: 'sip:+00000000@127.0.0.1',
  to: 'sip:bob@127.0.0.1',
  state: 'RINGING',
  createdAt: 1000,
  ringingAt: 1100,
  activeAt: null,
  muted: false,
  headers: [{ name: 'X-Ticket', value: '4711' }],
  codecs: [null],
  media: [null],
  quality: [],
  problems: [],
  digits: [],
  trunks: { in: null, out: 'carrier' },
  target: 'udp 192.0.2.9:5060',
  sipCallIds: ['a@box'],
  provisionalAt: 1100,
  endedAt: null,
  sides: [{ side: 'first', security: null, advertised: null, remote: null, offered: null }],
  digitCount: 0,
  tries: [],
  result: null,
  reason: null,
  trace: '/device/calls/0d1b0f0e-0000-4000-8000-000000000001/trace',
  verdict: null,
};
const active: CallView = {
  ...ringing,
  id: '0d1b0f0e-0000-4000-8000-000000000003',
  project: 'device',
  sessionId: null,
  connectionId: null,
  direction: 'inbound',
  state: 'ACTIVE',
  activeAt: 1200,
  media: [stats],
  quality: [{ leg: 'leg-1', side: 'first', interval: mediaFigures(figures), call: mediaFigures(figures) }],
  problems: [{ side: 'first', kind: 'no-media', direction: 'received', hop: 'network', since: 1250 }],
};

test('health is ready only when SIP, worker and store are', async ({ request, state }) => {
  const ready = await request('GET', '/health');
  const capacity = { calls: 0, legs: 0, limit: null, boundBy: null, refusing: null };
  assert.equal([ready.status, ready.body], [200, { status: 'ready', sip: true, worker: true, store: true, capacity }]);
  for (const part of ['sip', 'worker', 'store'] as const) {
    state.ready[part] = false;
    const answer = await request('GET', '/health');
    assert.is(answer.status, 503);
    assert.equal([answer.body.status, answer.body.missing, answer.body.code], ['not-ready', [part], 503]);
    assert.match(String(answer.body.message), part);
    state.ready[part] = true;
  }
  state.draining = true;
  const draining = await request('GET', '/health/');
  assert.equal([draining.status, draining.body.status], [503, 'draining']);
});

test('live calls are told to the operator with their stages and figures', async ({ request, calls }) => {
  assert.equal((await request('GET', '/device/calls', { headers: operator })).body, {
    count: 0,
    items: [],
    next: null,
  });
  calls.push(ringing, active);
  assert.equal((await request('GET', '/device/calls', { headers: operator })).body, {
    count: 2,
    items: [ringing, active],
    next: null,
  });
  assert.equal((await request('GET', `/device/calls/${active.id}`, { headers: operator })).body, active);
});

test('a call that is over, or never was, is a 404', async ({ request }) => {
  const answer = await request('GET', '/device/calls/nothing', { headers: operator });
  assert.equal([answer.status, answer.body.message], [404, 'There is no such call, or it is no longer kept']);
});

test('what was measured of a call that is over is told to the operator alone', async ({ request, media }) => {
  const record = {
    call: 'over',
    project: '46000001',
    endedAt: 2000,
    legs: [
      { leg: 'leg-1', side: 'first' as const, call: mediaFigures(figures) },
      { leg: 'leg-2', side: 'second' as const, call: null },
    ],
    problems: [
      {
        side: 'second' as const,
        kind: 'silence' as const,
        direction: 'received' as const,
        hop: 'far-end' as const,
        since: 1250,
        until: 1500,
      },
    ],
  };
  media.set('over', record);
  const answer = await request('GET', '/device/calls/over/media', { headers: operator });
  assert.equal([answer.status, answer.body], [200, record]);
  assert.is((await request('GET', '/device/calls/nothing/media', { headers: operator })).status, 404);
  assert.is((await request('GET', '/device/calls/over/media')).status, 401);
});

test('nobody but the operator sees calls', async ({ request, calls, ours }) => {
  calls.push(active);
  const wrong: Record<string, string>[] = [
    {},
    { authorization: OPERATOR_TOKEN },
    { authorization: 'Bearer' },
    { authorization: `Bearer ${OPERATOR_TOKEN}x` },
    { authorization: `Bearer ${OPERATOR_TOKEN.slice(0, -1)}` },
    { authorization: `Basic ${Buffer.from(`x:${OPERATOR_TOKEN}`).toString('base64')}` },
    restAuth(ours),
    { authorization: `Bearer ${restAuth(ours)['x-opentok-auth']}` },
  ];
  for (const headers of wrong) {
    for (const path of ['/device/calls', `/device/calls/${active.id}`, '//device/calls/']) {
      const answer = await request('GET', path, { headers });
      assert.is(answer.status, 401, JSON.stringify(headers));
      assert.is(answer.headers.get('www-authenticate'), 'Bearer');
      assert.is(answer.body.code, 401);
      assert.not.match(answer.text, active.id);
    }
  }
});

test('the operator’s token opens no project', async ({ request, ours }) => {
  // Without a key in the path it is taken for one of Vonage's, which are refused so.
  assert.is((await request('POST', '/session/create', { headers: operator })).status, 401);
  assert.is((await request('POST', `/v2/project/${ours.id}/dial`, { headers: operator })).status, 403);
});

test('the operator holds a call and takes it back, and is told why it cannot be', async ({ request, asked }) => {
  const post = (id: string, verb: string, headers = operator) =>
    request('POST', `/device/calls/${id}/${verb}`, { headers });
  assert.equal([(await post('a', 'hold')).status, (await post('a', 'resume')).status], [204, 204]);
  assert.equal(asked.held, [
    { id: 'a', on: true },
    { id: 'a', on: false },
  ]);
  assert.is((await post('nobody', 'hold')).status, 404);
  assert.is((await post('ringing', 'hold')).status, 400);
  assert.is((await post('a', 'hold', { authorization: 'Bearer x' })).status, 401);
  assert.is(asked.held.length, 2);
});

test('the operator mutes and unmutes a call, and is told why it cannot be', async ({ request, asked }) => {
  const post = (id: string, verb: string, headers = operator) =>
    request('POST', `/device/calls/${id}/${verb}`, { headers });
  assert.equal([(await post('a', 'mute')).status, (await post('a', 'unmute')).status], [204, 204]);
  assert.equal(asked.muted, [
    { id: 'a', on: true, by: 'operator' },
    { id: 'a', on: false, by: 'operator' },
  ]);
  assert.is((await post('nobody', 'mute')).status, 404);
  const bridge = await post('bridge', 'unmute');
  assert.equal([bridge.status, bridge.body.message], [409, 'The call is a bridge of two far ends']);
  assert.is((await post('a', 'mute', { authorization: 'Bearer x' })).status, 401);
  assert.is(asked.muted.length, 2);
});

test('the operator has files and tones played and stopped, and is told why they cannot be', async ({
  request,
  asked,
}) => {
  const post = (path: string, json: object, headers: Record<string, string> = operator) =>
    request('POST', `/device/calls/${path}`, { headers, json });
  const played = await post('a/play', { file: 'sub/hello.ogg', to: 'session', under: 'duck', levelDb: -6 });
  assert.equal([played.status, played.body], [200, { player: 'player-1', state: 'playing' }]);
  assert.is((await post('a/play', { tone: 'busy', loops: 0 })).status, 200);
  assert.equal(asked.played, [
    { id: 'a', announcement: { what: { file: 'sub/hello.ogg' }, under: 'duck', levelDb: -6 }, toSession: true },
    { id: 'a', announcement: { what: { tone: 'busy' }, loops: 0 }, toSession: false },
  ]);
  for (const file of ['/etc/passwd', '..', '../x', 'a/../../x', 'a/..', '', 'a\nb'])
    assert.is((await post('a/play', { file })).status, 400, file);
  for (const body of [
    {},
    { file: 'x', tone: 'busy' },
    { tone: 'x' },
    { file: 'x', url: 'x' },
    { file: 'x', fadeInMs: 1001 },
  ])
    assert.is((await post('a/play', body)).status, 400, JSON.stringify(body));
  const broken = await post('a/play', { file: 'broken.wav' });
  assert.equal([broken.status, broken.body.message], [422, 'broken.wav cannot be decoded']);
  assert.is((await post('nobody/play', { tone: 'busy' })).status, 404);
  assert.is((await post('a/play', { tone: 'busy' }, { authorization: 'Bearer x' })).status, 401);
  assert.is(asked.played.length, 2);
  assert.is((await post('a/stop', { player: 'player-1', fadeOutMs: 200 })).status, 204);
  assert.is((await request('POST', '/device/calls/a/stop', { headers: operator, json: {} })).status, 204);
  assert.equal(asked.stopped, [
    { id: 'a', player: 'player-1', fadeOutMs: 200 },
    { id: 'a', player: null, fadeOutMs: 0 },
  ]);
  assert.is((await post('a/stop', { player: 'x' })).status, 404);
});

test('the messages of a call are told as a ladder, and as a pcap file', async ({ request, traces }) => {
  const id = active.id;
  traces.set(id, {
    dropped: 0,
    messages: [
      {
        at: 1000,
        direction: 'out',
        transport: 'udp',
        local: { address: '192.0.2.1', port: 5060 },
        remote: { address: '192.0.2.9', port: 5060 },
        bytes: Buffer.from('INVITE sip:bob:secret@192.0.2.9 SIP/2.0\r\n\r\n'),
      },
    ],
  });
  const text = await request('GET', `/device/calls/${id}/trace`, { headers: operator });
  assert.equal([text.status, text.headers.get('content-type')], [200, 'text/plain; charset=utf-8']);
  assert.match(text.text, 'INVITE sip:bob:******@192.0.2.9');
  const file = await request('GET', `/device/calls/${id}/trace?format=pcap`, { headers: operator });
  assert.equal([file.status, file.headers.get('content-type')], [200, 'application/vnd.tcpdump.pcap']);
  assert.match(file.headers.get('content-disposition') ?? '', `${id}.pcap`);
  assert.not.match(file.text, 'secret');
  assert.is((await request('GET', `/device/calls/${id}/trace?format=gif`, { headers: operator })).status, 400);
  assert.is((await request('GET', '/device/calls/nothing/trace', { headers: operator })).status, 404);
  const stranger = await request('GET', `/device/calls/${id}/trace`);
  assert.is(stranger.status, 401);
  assert.not.match(stranger.text, 'INVITE');
});

test.run();
