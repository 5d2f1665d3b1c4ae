import { type CallResult, Voice } from '@vonage/voice';
import twilio from 'twilio';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applicationAuth } from '../../firmware/api/testing/vonage-sdk.ts';
import { ApplicationKeys } from '../rig/application-keys.ts';
import { ApplicationServer, type Told } from '../rig/application-server.ts';
import { freePort } from '../rig/free-ports.ts';
import { hearsExactly, hearsSilence } from '../rig/hearing.ts';
import { callBox, type Phone, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { dbov, powerAt, RATE, sine } from '../rig/tones.ts';
import { until } from '../rig/until.ts';
import { channelOf, wavOf } from '../rig/wav.ts';

/**
 * What a script can do, in both dialects: the script, and what is seen of it on the wire (SIP), in the ear (RTP) and by the
 * application (webhooks). One tenant has both; the calls are placed by the vendors' SDKs.
 */
const applicationId = '78d335fa-323d-4114-9c3d-d6f0d48968cf';
const accountSid = `AC${'0123456789abcdef'.repeat(2)}`;
const authToken = 'token-of-the-test-0123456789';
const [NCCO_NUMBER, TWIML_NUMBER, ELSEWHERE] = ['442071234567', '442071234568', '447700900123'];
const SPEECH_DBOV = -45;
const keys = new ApplicationKeys();
const app = await new ApplicationServer().open();
const carrier = await freePort();
const rig = new Rig({
  needs: ['own'],
  box: {
    moreProjects: [
      {
        vonage: {
          applicationId,
          publicKeyFile: keys.publicKeyFile,
          numbers: [
            {
              msisdn: NCCO_NUMBER,
              answerUrl: app.url('/ncco'),
              eventUrl: app.url('/events'),
              fallbackUrl: app.url('/ncco-fallback'),
            },
          ],
        },
        twilio: {
          accountSid,
          authToken,
          numbers: [{ msisdn: TWIML_NUMBER, voiceUrl: app.url('/twiml'), statusCallback: app.url('/events') }],
        },
      },
    ],
    config: {
      trunks: [{ name: 'carrier', sources: ['127.0.0.1'], targets: [`sip:127.0.0.1:${carrier}`], optionsSeconds: 0 }],
    },
  },
});
test.after(async () => {
  await app.close();
  keys.close();
});
app.answers.set('/tone.wav', wavOf(sine(900, -16, 0, 6 * RATE)));

type Ncco = readonly Record<string, unknown>[];
type Dialect = 'NCCO' | 'TwiML';

interface Scene {
  readonly dialect: Dialect;
  readonly phone: Phone;
  /** As the dialect's vendor names it. */
  readonly call: string;
  /** What was told at a path since the scene began. */
  readonly told: (path: string) => Told['fields'][];
}

interface Row {
  readonly does: string;
  /** null: the dialect has no such action; its reason stands beside it. */
  readonly NCCO: Ncco | null;
  readonly TwiML: string | null;
  /** Who is to be there: the callee at an address of its own, or where the trunk leads. */
  readonly needs?: 'a carrier' | 'a carrier that is busy';
  /** What the application answers, by path. */
  readonly answers?: Readonly<Record<string, { readonly NCCO?: Ncco; readonly TwiML?: string }>>;
  /** More of the request for the call. */
  readonly request?: { readonly NCCO?: object; readonly TwiML?: object };
  readonly shows: (scene: Scene) => Promise<void>;
}

const voice = () => new Voice({ applicationId, privateKey: keys.privateKey }, { apiHost: rig.box.facts.http });
function client() {
  const sdk = twilio(accountSid, authToken);
  sdk.api.baseUrl = rig.box.facts.http;
  return sdk;
}

const place = {
  async NCCO(phone: Phone, ncco: Ncco, more: object = {}): Promise<string> {
    const request = { to: [{ type: 'sip', uri: phone.uri }], from: { type: 'phone', number: NCCO_NUMBER }, ncco };
    return ((await voice().createOutboundCall({ ...request, ...more } as never)) as CallResult).uuid;
  },
  async TwiML(phone: Phone, twiml: string, more: object = {}): Promise<string> {
    const request = { to: phone.uri, from: TWIML_NUMBER, twiml: `<Response>${twiml}</Response>` };
    return (await client().calls.create({ ...request, statusCallback: app.url('/events'), ...more })).sid;
  },
};

const hangUp = {
  NCCO: (uuid: string) => voice().hangupCall(uuid),
  TwiML: (sid: string) => client().calls(sid).update({ status: 'completed' }),
};

const level = async (phone: Phone, frequencyHz: number) => (await phone.media.listen(1)).atLeast(frequencyHz);
const hearsTone = (phone: Phone, frequencyHz = 900) =>
  until(`${frequencyHz} Hz`, async () => (await level(phone, frequencyHz)) > -30, { limitMs: 15_000 });
const hearsSpeech = (phone: Phone) =>
  until('speech', async () => (await phone.media.listen(1)).loudest() > SPEECH_DBOV, { limitMs: 10_000 });
const first = (scene: Scene, path: string, limitMs = 15_000) =>
  until(`${path} to be told`, () => scene.told(path)[0], { limitMs, state: () => app.told.map(({ path }) => path) });
const ended = (scene: Scene, status: string) =>
  until(
    `the end to be told as ${status}`,
    () => scene.told('/events').find(fields => (fields.status ?? fields.CallStatus) === status),
    { limitMs: 15_000, state: () => app.told.map(({ path }) => path) },
  );

/** A file of a recording, fetched with the credential of whose it is. */
async function fileOf(dialect: Dialect, url: unknown): Promise<Buffer> {
  const login = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const headers =
    dialect === 'TwiML' ? { authorization: login } : applicationAuth({ project: { id: applicationId }, keys });
  const answer = await fetch(String(url), { headers });
  assert.is(answer.status, 200, String(url));
  return Buffer.from(await answer.arrayBuffer());
}

const says = (file: Buffer, channel: number, frequencyHz: number) => {
  const samples = channelOf(file, channel);
  return dbov(powerAt(samples.subarray(samples.length >> 1), frequencyHz, file.readUInt32LE(24)));
};

/** The tone, as an answer. */
const TONE = { NCCO: [{ action: 'stream', streamUrl: [app.url('/tone.wav')] }], TwiML: '<Play>/tone.wav</Play>' };

const table: readonly Row[] = [
  {
    does: 'says a text',
    NCCO: [{ action: 'talk', text: 'Good morning to everybody who can hear this' }],
    TwiML: '<Say>Good morning to everybody who can hear this</Say>',
    async shows(scene) {
      await hearsSpeech(scene.phone);
      await scene.phone.sip.succeeded();
      await ended(scene, 'completed');
    },
  },
  {
    does: 'plays a sound, and after the last action hangs up',
    NCCO: [{ action: 'stream', streamUrl: [app.url('/tone.wav')] }],
    TwiML: `<Play>${app.url('/tone.wav')}</Play>`,
    async shows(scene) {
      await hearsTone(scene.phone);
      await scene.phone.sip.succeeded();
      await ended(scene, 'completed');
    },
  },
  {
    does: 'sends digits (of NCCO: the request PUT …/dtmf)',
    NCCO: [{ action: 'wait', timeout: 5 }],
    TwiML: '<Play digits="12"/><Pause length="5"/>',
    async shows(scene) {
      if (scene.dialect === 'NCCO') {
        await scene.phone.sip.logged('MEDIA');
        await until('it is active', () =>
          voice()
            .playDTMF(scene.call, '12')
            .then(
              () => true,
              () => false,
            ),
        );
      }
      await until('the digits', () => scene.phone.media.digits() === '12', { state: () => scene.phone.media.digits() });
    },
  },
  {
    does: 'lets time pass',
    NCCO: [
      { action: 'wait', timeout: 3 },
      { action: 'stream', streamUrl: [app.url('/tone.wav')] },
    ],
    TwiML: `<Pause length="3"/><Play>${app.url('/tone.wav')}</Play>`,
    async shows({ phone }) {
      await phone.sip.logged('MEDIA');
      hearsSilence(await phone.media.listen(1));
      await hearsTone(phone);
    },
  },
  {
    does: 'gathers digits, and goes on with what the answer says',
    NCCO: [
      { action: 'talk', text: 'Please press two keys', bargeIn: true },
      { action: 'input', type: ['dtmf'], dtmf: { maxDigits: 2, timeOut: 8 }, eventUrl: [app.url('/keys')] },
    ],
    TwiML: `<Gather numDigits="2" timeout="8" action="${app.url('/keys')}"><Say>Please press two keys</Say></Gather>`,
    answers: { '/keys': TONE },
    async shows(scene) {
      await hearsSpeech(scene.phone);
      scene.phone.media.press('42');
      const { dtmf, Digits } = await first(scene, '/keys');
      if (scene.dialect === 'NCCO') assert.equal(dtmf, { digits: '42', timed_out: false });
      else assert.is(Digits, '42');
      await hearsTone(scene.phone);
    },
  },
  {
    does: 'gathers nothing, and goes on',
    NCCO: [
      { action: 'input', type: ['dtmf'], dtmf: { timeOut: 1 }, eventUrl: [app.url('/nothing')] },
      { action: 'stream', streamUrl: [app.url('/tone.wav')] },
    ],
    TwiML: `<Gather timeout="1" action="${app.url('/nothing')}"/><Play>${app.url('/tone.wav')}</Play>`,
    async shows(scene) {
      await hearsTone(scene.phone);
      const told = scene.told('/nothing').map(({ dtmf }) => dtmf);
      assert.equal(told, scene.dialect === 'NCCO' ? [{ digits: '', timed_out: true }] : []);
    },
  },
  {
    does: 'joins a conference of the tenant’s, whichever dialect the others speak, and records it',
    NCCO: [{ action: 'conversation', name: 'stand-up', record: true, eventUrl: [app.url('/conference')] }],
    TwiML: `<Dial><Conference beep="false" waitUrl="" record="record-from-start" recordingStatusCallback="${app.url('/conference')}">stand-up</Conference></Dial>`,
    async shows(scene) {
      const other = await startPhone(rig, { frequencyHz: 700 });
      const theirs = scene.dialect === 'NCCO' ? 'TwiML' : 'NCCO';
      const call =
        theirs === 'TwiML'
          ? await place.TwiML(other, '<Dial><Conference beep="false" waitUrl="">stand-up</Conference></Dial>')
          : await place.NCCO(other, [{ action: 'conversation', name: 'stand-up' }]);
      await hearsTone(scene.phone, 700);
      hearsExactly(await other.media.listen(1), [500], 700);
      await hangUp[theirs](call);
      await hangUp[scene.dialect](scene.call);
      const { recording_url: url, RecordingUrl } = await first(scene, '/conference');
      assert.ok(says(await fileOf(scene.dialect, url ?? RecordingUrl), 0, 500) > -40);
    },
  },
  {
    does: 'connects with a SIP address, which first hears something alone',
    NCCO: [
      {
        action: 'connect',
        endpoint: [{ type: 'sip', uri: 'sip:CALLEE', onAnswer: { url: app.url('/whisper') } }],
        eventUrl: [app.url('/child')],
      },
    ],
    TwiML: `<Dial action="${app.url('/dialled')}"><Sip url="${app.url('/whisper')}" statusCallback="${app.url('/child')}" statusCallbackEvent="answered completed">sip:CALLEE</Sip></Dial>`,
    answers: {
      '/whisper': {
        NCCO: [{ action: 'talk', text: 'Here is somebody who waits for your help' }],
        TwiML: '<Say>Here is somebody who waits for your help</Say>',
      },
    },
    async shows(scene) {
      const callee = await calleeOf();
      await hearsSpeech(callee);
      await hearsTone(callee, 500);
      hearsExactly(await scene.phone.media.listen(1), [700], 500);
      const { uuid, CallSid } = await first(scene, '/child');
      await hangUp[scene.dialect](String(uuid ?? CallSid));
      if (scene.dialect === 'TwiML') assert.is((await first(scene, '/dialled')).DialCallStatus, 'completed');
      else await ended(scene, 'completed');
    },
  },
  {
    does: 'connects with a number over the trunk, and sends it digits when it answers',
    NCCO: [
      { action: 'connect', from: NCCO_NUMBER, endpoint: [{ type: 'phone', number: ELSEWHERE, dtmfAnswer: '34' }] },
    ],
    TwiML: `<Dial callerId="+${TWIML_NUMBER}"><Number sendDigits="34">+${ELSEWHERE}</Number></Dial>`,
    needs: 'a carrier',
    async shows(scene) {
      const carried = await calleeOf();
      await until('the digits', () => carried.media.digits() === '34', { state: () => carried.media.digits() });
      await hearsTone(carried, 500);
      hearsExactly(await scene.phone.media.listen(1), [700], 500);
      assert.match(carried.sip.requests('INVITE')[0] ?? '', new RegExp(`^INVITE sip:\\+?${ELSEWHERE}@`));
    },
  },
  {
    does: 'is told that who is called is busy',
    NCCO: [
      {
        action: 'connect',
        endpoint: [{ type: 'phone', number: ELSEWHERE }],
        eventType: 'synchronous',
        eventUrl: [app.url('/busy')],
      },
      { action: 'stream', streamUrl: [app.url('/tone.wav')] },
    ],
    TwiML: `<Dial action="${app.url('/busy')}"><Number>+${ELSEWHERE}</Number></Dial>`,
    needs: 'a carrier that is busy',
    async shows(scene) {
      const fields = await until('that it is busy', () =>
        scene.told('/busy').find(({ status, DialCallStatus }) => (status ?? DialCallStatus) === 'busy'),
      );
      if (scene.dialect === 'TwiML') assert.is(fields.DialSipResponseCode, '486');
    },
  },
  {
    does: 'records what is said until a key is pressed',
    NCCO: [
      { action: 'record', endOnKey: '#', eventUrl: [app.url('/recorded')] },
      { action: 'stream', streamUrl: [app.url('/tone.wav')] },
    ],
    TwiML: `<Record playBeep="false" finishOnKey="#" action="${app.url('/recorded')}"/>`,
    answers: { '/recorded': { TwiML: TONE.TwiML } },
    async shows(scene) {
      await scene.phone.media.listen(2);
      scene.phone.media.press('#');
      const fields = await first(scene, '/recorded');
      const file = await fileOf(scene.dialect, fields.recording_url ?? fields.RecordingUrl);
      assert.ok(says(file, 0, 500) > -25);
      if (scene.dialect === 'TwiML') assert.is(fields.Digits, '#');
      await hearsTone(scene.phone);
    },
  },
  {
    does: 'records the whole call beside what it does, each side in a channel',
    NCCO: [
      { action: 'record', split: 'conversation', eventUrl: [app.url('/whole')] },
      { action: 'stream', streamUrl: [app.url('/tone.wav')] },
    ],
    TwiML: `<Play>${app.url('/tone.wav')}</Play>`,
    request: { TwiML: { record: true, recordingChannels: 'dual', recordingStatusCallback: app.url('/whole') } },
    async shows(scene) {
      await hearsTone(scene.phone);
      const fields = await first(scene, '/whole', 20_000);
      const file = await fileOf(scene.dialect, fields.recording_url ?? fields.RecordingUrl);
      assert.ok(says(file, 0, 500) > -25 && says(file, 0, 900) < -45, 'what the phone says is the first channel');
      assert.ok(says(file, 1, 900) > -25 && says(file, 1, 500) < -45, 'what it hears is the second');
      if (scene.dialect === 'NCCO') return;
      assert.equal([fields.RecordingChannels, fields.RecordingSource], ['2', 'OutboundAPI']);
      const end = await ended(scene, 'completed');
      assert.is(end.RecordingSid, fields.RecordingSid);
      const [recording] = await client().calls(scene.call).recordings.list();
      assert.equal([recording?.sid, recording?.channels], [fields.RecordingSid, 2]);
    },
  },
  {
    does: 'tells the application something, and goes on with what it answers',
    NCCO: [
      { action: 'notify', payload: { step: 'one' }, eventUrl: [app.url('/notified')] },
      { action: 'wait', timeout: 30 },
    ],
    // TwiML tells by its Redirect and its actions.
    TwiML: null,
    answers: { '/notified': { NCCO: TONE.NCCO } },
    async shows(scene) {
      const { payload } = await first(scene, '/notified');
      assert.equal(payload, { step: 'one' });
      await hearsTone(scene.phone);
    },
  },
  {
    does: 'is led to another script (of NCCO: the request PUT …, transfer)',
    NCCO: [{ action: 'wait', timeout: 30 }],
    TwiML: `<Redirect>${app.url('/next')}</Redirect>`,
    answers: { '/next': TONE },
    async shows(scene) {
      if (scene.dialect === 'NCCO') {
        await until('it is answered', () => scene.told('/events').some(({ status }) => status === 'answered'));
        await voice().transferCallWithURL(scene.call, app.url('/next'));
      }
      await hearsTone(scene.phone);
      await first(scene, '/next');
    },
  },
  {
    does: 'hangs up (of NCCO: by the end of the list)',
    NCCO: [{ action: 'wait', timeout: 1 }],
    TwiML: '<Pause length="1"/><Hangup/><Pause length="30"/>',
    async shows(scene) {
      await scene.phone.sip.succeeded();
      await ended(scene, 'completed');
    },
  },
];

/** Of callers of the numbers, before they are answered. */
const refused = [
  { twiml: '<Reject/>', status: 603, phrase: 'Decline' },
  { twiml: '<Reject reason="busy"/>', status: 486, phrase: 'Busy Here' },
];
for (const { twiml, status, phrase } of refused)
  rig.test(`TwiML: ${twiml} refuses a caller with ${status}, unanswered`, async () => {
    const before = app.told.length;
    app.answers.set('/twiml', twiml);
    const { host, udpPort: port } = rig.box.facts.sip;
    const caller = rig.keep(
      await Sipp.start({
        scenario: 'call-refused',
        remote: { host, port },
        user: TWIML_NUMBER,
        keys: { status, phrase },
      }),
    );
    await caller.succeeded();
    const end = await until('its end', () => app.told.slice(before).find(({ path }) => path === '/events'));
    assert.is(end.fields.SipResponseCode, String(status));
  });

rig.test('NCCO: a caller whose application is broken is led by its fallback', async () => {
  app.answers.set('/ncco', 500);
  app.answers.set('/ncco-fallback', [{ action: 'stream', streamUrl: [app.url('/tone.wav')] }]);
  const before = app.told.length;
  const caller = await callBox(rig, rig.box, NCCO_NUMBER, { frequencyHz: 500 });
  await hearsTone(caller);
  const told = app.told.slice(before);
  assert.equal(told.filter(({ path }) => path === '/ncco').length, 2);
  const fallback = told.find(({ path }) => path === '/ncco-fallback');
  assert.ok(fallback?.fields.reason);
});

/** The phone that the scripts of this file call. */
let callee: Phone | null = null;
const calleeOf = async () => until('the callee', () => callee);

async function startCallee(row: Row, script: string): Promise<Phone | null> {
  if (row.needs === 'a carrier that is busy') {
    const keys = { status: 486, phrase: 'Busy Here' };
    rig.keep(await Sipp.start({ scenario: 'reject', port: carrier, keys }));
    return null;
  }
  if (row.needs === 'a carrier') return startPhone(rig, { frequencyHz: 700, port: carrier });
  return script.includes('CALLEE') ? startPhone(rig, { frequencyHz: 700 }) : null;
}

for (const row of table)
  for (const dialect of ['NCCO', 'TwiML'] as const) {
    const script = JSON.stringify(row[dialect]);
    if (row[dialect] === null) continue;
    rig.test(`${dialect}: ${row.does}`, async () => {
      const before = app.told.length;
      const phone = await startPhone(rig, { frequencyHz: 500 });
      callee = await startCallee(row, script);
      for (const [path, answer] of Object.entries(row.answers ?? {})) {
        const { [dialect]: said } = answer;
        if (said === undefined) app.answers.delete(path);
        else app.answers.set(path, said);
      }
      const filled = JSON.parse(script.replaceAll('sip:CALLEE', callee?.uri ?? ''));
      const call = await place[dialect](phone, filled as never, row.request?.[dialect]);
      const told = (path: string) => app.told.slice(before).flatMap(each => (each.path === path ? [each.fields] : []));
      await row.shows({ dialect, phone, call, told });
    });
  }

rig.run();
