import { Vonage } from '@vonage/server-sdk';
import { type CallResult, type OutboundCall, Voice } from '@vonage/voice';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ApplicationsRig, startWithApplications } from '../testing/applications-rig.ts';
import { applicationAuth, refusalOf } from '../testing/vonage-sdk.ts';
import { application } from './application.ts';
import { VoiceLeader } from './leader.ts';

/** Every operation of the official SDK, unmodified, against the routes; what it does to calls is tried on a whole box. */
interface World extends ApplicationsRig {
  readonly voice: Voice;
  readonly otherVoice: Voice;
  readonly live: () => string;
}

const test = suite<World>('@vonage/voice');
const terms = { first: null, events: null, fallback: null, from: null, to: null, recordingUrl: (id: string) => id };

test.before(async context => {
  const rig = await startWithApplications();
  const voiceOf = ({ project, keys }: typeof rig.app) =>
    new Voice({ applicationId: project.id, privateKey: keys.privateKey }, { apiHost: rig.url });
  const live = () => rig.scripts.add(application(rig.app.project, terms)).id;
  Object.assign(context, rig, { voice: voiceOf(rig.app), otherVoice: voiceOf(rig.otherApp), live });
});
test.after(({ close }) => close());

const outbound = (change: object = {}) =>
  ({
    to: [{ type: 'phone', number: '447700900000' }],
    from: { type: 'phone', number: '442079460000' },
    ncco: [{ action: 'talk', text: 'Hi' }],
    ...change,
  }) as unknown as OutboundCall;

test('places calls to numbers and to SIP addresses', async ({ voice, scripts, app, url }) => {
  const created = (await voice.createOutboundCall(outbound())) as CallResult;
  assert.equal([created.status, created.direction], ['started', 'outbound']);
  assert.match(created.conversationUUID, /^CON-[0-9a-f-]{36}$/);
  assert.is(scripts.get(app.project.id, created.uuid)?.leader instanceof VoiceLeader, true);
  const server = new Vonage({ applicationId: app.project.id, privateKey: app.keys.privateKey }, { apiHost: url });
  await server.voice.createOutboundCall(
    outbound({
      to: [
        {
          type: 'sip',
          uri: 'sip:a@example.com;media=srtp',
          headers: { location: 'here' },
          standardHeaders: { userToUser: 'x' },
        },
      ],
      ncco: undefined,
      answerUrl: ['https://app.example.com/answer'],
      eventUrl: ['https://app.example.com/events'],
      lengthTimer: 60,
      ringingTimer: 10,
    }),
  );
  assert.equal(scripts.placed.at(-1), {
    to: { kind: 'sip', uri: 'sip:a@example.com' },
    from: '442079460000',
    headers: [
      ['X-location', 'here'],
      ['User-to-User', 'x'],
    ],
    auth: undefined,
    secure: true,
    ringMs: 10_000,
    limitMs: 60_000,
    sendDigits: null,
  });
});

test('shows one call, and pages through all of them to the end', async ({ voice, otherVoice, live, url, app }) => {
  const uuid = live();
  const { status, direction, to, from, rate, conversationUUID } = await voice.getCall(uuid);
  assert.equal(
    { status, direction, to, from, rate, conversationUUID },
    {
      status: 'answered',
      direction: 'outbound',
      to: { type: 'phone', number: '447700900000' },
      from: { type: 'phone', number: '442079460000' },
      rate: '0.00',
      conversationUUID: `CON-${uuid}`,
    },
  );
  for (let i = 0; i < 5; i++) live();
  const all: string[] = [];
  for await (const call of voice.getAllCalls({ pageSize: 2 })) all.push(call.uuid);
  assert.is(new Set(all).size, all.length);
  assert.ok(all.includes(uuid) && all.length >= 6);
  const page = await voice.getCallsPage({ order: 'desc', pageSize: 1 } as Parameters<Voice['getCallsPage']>[0]);
  assert.equal([page.page_size, page.record_index, page._embedded?.calls.length], [1, 0, 1]);
  assert.equal((await otherVoice.getCallsPage({}))._embedded?.calls, []);
  const bad = await fetch(`${url}/v1/calls?date_start=yesterday`, { headers: applicationAuth(app) });
  const body = (await bad.json()) as Record<string, unknown>;
  assert.equal([bad.status, body.title, body.detail], [400, 'Bad Request', 'date_start must be a time as of ISO 8601']);
});

test('leads live calls', async ({ voice, live, scripts }) => {
  const uuid = live();
  assert.equal(await voice.playTTS(uuid, { text: 'Hello', loop: 2, language: 'de-DE' } as never), {
    message: 'Talk started',
    uuid,
  });
  assert.is((await voice.stopTTS(uuid)).message, 'Talk stopped');
  assert.is((await voice.streamAudio(uuid, 'https://a.example.com/b.mp3', 0, -1)).message, 'Stream started');
  assert.is((await voice.stopStreamAudio(uuid)).message, 'Stream stopped');
  assert.is((await voice.playDTMF(uuid, '12p#')).message, 'DTMF sent');
  await voice.muteCall(uuid);
  await voice.unmuteCall(uuid);
  await voice.earmuffCall(uuid);
  await voice.unearmuffCall(uuid);
  await voice.transferCallWithNCCO(uuid, [{ action: 'talk', text: 'Hi' }] as never);
  await voice.transferCallWithURL(uuid, 'https://app.example.com/next');
  await voice.hangupCall(uuid);
  const say = { kind: 'say', text: 'Hello', language: 'de-DE', voice: null, loops: 2, levelDb: 0 };
  assert.equal(
    scripts.asked.filter(([id]) => id === uuid).map(([, what, how]) => [what, how]),
    [
      ['playBeside', say],
      ['hush', undefined],
      ['playBeside', { kind: 'play', what: { url: 'https://a.example.com/b.mp3' }, loops: 0, levelDb: -10 }],
      ['hush', undefined],
      ['sendDigits', '12p#'],
      ['mute', true],
      ['mute', false],
      ['deafen', true],
      ['deafen', false],
      [
        'redirect',
        {
          kind: 'script',
          script: { actions: [{ ...say, text: 'Hi', language: 'en-US', loops: 1 }], warnings: [], keysTo: null },
        },
      ],
      ['redirect', { kind: 'fetch', target: { url: 'https://app.example.com/next', method: 'GET' }, fallback: null }],
      ['hangUp', undefined],
    ],
  );
});

test('is told of the keys of a call while it wants to be', async ({ voice, live, scripts, app }) => {
  const uuid = live();
  const { leader } = (scripts.get(app.project.id, uuid) ?? {}) as { leader: VoiceLeader };
  await voice.subscribeDTMF(uuid, 'https://app.example.com/keys');
  assert.is(leader.pressed('5')[0]?.url, 'https://app.example.com/keys');
  await voice.unsubscribeDTMF(uuid);
  assert.equal(leader.pressed('5'), []);
});

test('refuses what is wrong, and says what', async ({ voice, otherVoice, live, scripts }) => {
  const uuid = live();
  const before = scripts.asked.length + scripts.placed.length;
  const cases: readonly (readonly [promise: Promise<unknown>, refusal: RegExp])[] = [
    [otherVoice.getCall(uuid), /^404: There is no such call/],
    [otherVoice.hangupCall(uuid), /^404: There is no such call/],
    [voice.getCall('nobody'), /^404: There is no such call/],
    [voice.createOutboundCall(outbound({ to: [] })), /^400: Bad request: to /],
    [voice.createOutboundCall(outbound({ to: [{ type: 'phone', number: 'x' }] })), /^400: to: number must be/],
    [
      voice.createOutboundCall(outbound({ to: [{ type: 'websocket', uri: 'ws://a' }] })),
      /^501: to: Endpoints of type websocket/,
    ],
    [voice.createOutboundCall(outbound({ from: undefined })), /^400: from is missing/],
    [voice.createOutboundCall(outbound({ ncco: undefined })), /^400: ncco or answer_url/],
    [voice.createOutboundCall(outbound({ ringingTimer: 121 })), /^400: Bad request: ringing_timer/],
    [voice.createOutboundCall(outbound({ machineDetection: 'hangup' })), /^501: The detection of answering machines/],
    [
      voice.createOutboundCall(outbound({ ncco: Array(101).fill({ action: 'wait' }) })),
      /^400: The document is no NCCO/,
    ],
    [voice.playTTS(uuid, { text: '' } as never), /^400: Bad request: text/],
    [voice.streamAudio(uuid, 'file:///etc/passwd'), /^400: Bad request: stream_url/],
    [voice.streamAudio(uuid, 'https://a.example.com/b.mp3', 1, 7), /^400: level must be/],
    [voice.playDTMF(uuid, 'abc'), /^400: Bad request: digits/],
    [voice['callAction'](uuid, 'transfer' as never), /^400: destination must have/],
    [voice['callAction'](uuid, 'sing' as never), /^400: Bad request: action/],
  ];
  for (const [promise, refusal] of cases) assert.match(await refusalOf(promise), refusal);
  assert.is(scripts.asked.length + scripts.placed.length, before);
});

test('takes no credential but that of an application', async ({ request, ours, app }) => {
  const participant = applicationAuth(app, { scope: 'session.connect', session_id: 'x' });
  for (const headers of [
    {},
    { authorization: 'Bearer x.y.z' },
    { authorization: `Bearer ${ours.secret}` },
    participant,
  ]) {
    const { status, body } = await request('GET', '/v1/calls', { headers });
    assert.equal([status, body.title, body.message], [401, 'Unauthorized', 'Invalid token']);
  }
});

test('gives the file of a recording to its tenant alone', async ({ request, app, otherApp }) => {
  for (const path of ['/v1/files/none', '/v3/files/none'])
    for (const who of [app, otherApp]) {
      const { status, body } = await request('GET', path, { headers: applicationAuth(who) });
      assert.equal([status, body.detail], [404, 'There is no such recording']);
    }
});

test.run();
