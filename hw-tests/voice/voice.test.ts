import { type CallResult, Voice } from '@vonage/voice';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applicationAuth, refusalOf } from '../../firmware/api/testing/vonage-sdk.ts';
import { ApplicationKeys } from '../rig/application-keys.ts';
import { hears, hearsExactly, hearsSilence } from '../rig/hearing.ts';
import { callBox, type Phone, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { RATE, sine } from '../rig/tones.ts';
import { until } from '../rig/until.ts';
import { wavOf } from '../rig/wav.ts';
import { NccoServer } from './ncco-server.ts';

/** An application of the Voice API and the box: NCCOs by the official SDK and by webhooks, heard by phones. */
const applicationId = '78d335fa-323d-4114-9c3d-d6f0d48968cf';
const NUMBER = '442071234567';
const SILENCE_DBOV = -45;
const keys = new ApplicationKeys();
const app = await new NccoServer().open();
const rig = new Rig({
  needs: ['own'],
  box: {
    moreProjects: [
      {
        vonage: {
          applicationId,
          publicKeyFile: keys.publicKeyFile,
          numbers: [{ msisdn: NUMBER, answerUrl: app.url('/answer'), eventUrl: app.url('/events') }],
        },
      },
    ],
    config: { trunks: [{ name: 'carrier', sources: ['127.0.0.1'] }] },
  },
});
test.after(async () => {
  await app.close();
  keys.close();
});

const voice = () => new Voice({ applicationId, privateKey: keys.privateKey }, { apiHost: rig.box.facts.http });
const TONE = wavOf(sine(900, -16, 0, 4 * RATE));

/** Calls a phone; resolves when it is answered. */
async function place(phone: Phone, ncco: unknown[]): Promise<string> {
  const request = { to: [{ type: 'sip', uri: phone.uri }], from: { type: 'phone', number: NUMBER }, ncco };
  const { uuid } = (await voice().createOutboundCall(request as never)) as CallResult;
  await until('it is answered', () => app.statuses(uuid).includes('answered'), { state: () => app.told });
  return uuid;
}

async function hearsSpeech(phone: Phone): Promise<void> {
  await until('speech', async () => (await phone.media.listen(1)).loudest() > SILENCE_DBOV, { limitMs: 8_000 });
}

rig.test('a call that is placed says its NCCO, and its states are told in order', async () => {
  const phone = await startPhone(rig, { frequencyHz: 500 });
  app.answers.set('/tone.wav', TONE);
  const uuid = await place(phone, [
    { action: 'talk', text: 'Good morning to everybody who can hear this' },
    { action: 'stream', streamUrl: [app.url('/tone.wav')] },
    { action: 'wait', timeout: 1 },
  ]);
  await hearsSpeech(phone);
  await until('the tone', async () => (await phone.media.listen(1)).atLeast(900) > -25, { limitMs: 15_000 });
  const end = await app.ended(uuid);
  assert.equal(app.statuses(uuid), ['started', 'ringing', 'answered', 'completed']);
  assert.equal([end.direction, end.from, end.conversation_uuid], ['outbound', NUMBER, `CON-${uuid}`]);
  assert.match(String(end.duration), /^[0-9]+$/);
  const past = await until('its record', () =>
    voice()
      .getCall(uuid)
      .catch(() => null),
  );
  assert.equal([past.status, past.uuid], ['completed', uuid]);
  assert.is(await refusalOf(voice().hangupCall(uuid)), '404: There is no such call');
});

rig.test('a caller of the number presses keys, and is led on by what they lead to', async () => {
  app.answers.set('/answer', [
    { action: 'talk', text: 'Please press two keys', bargeIn: true },
    { action: 'input', type: ['dtmf'], dtmf: { maxDigits: 2, timeOut: 5 }, eventUrl: [app.url('/keys')] },
  ]);
  app.answers.set('/keys', [{ action: 'conversation', name: 'keys' }]);
  const phone = await callBox(rig, rig.box, NUMBER, { frequencyHz: 500 });
  await hearsSpeech(phone);
  phone.media.press('42');
  const { fields } = await until('the keys', () => app.told.find(({ path }) => path === '/keys'), {
    state: () => app.told,
  });
  assert.equal([fields.dtmf, fields.to], [{ digits: '42', timed_out: false }, NUMBER]);
  const uuid = String(fields.uuid);
  const moved = await until('the conversation', () => app.of(uuid).find(each => each.conversation_uuid_to));
  assert.is((await voice().getCall(uuid)).conversationUUID, moved.conversation_uuid_to);
  await voice().hangupCall(uuid);
  await phone.sip.ended();
  await app.ended(uuid);
  assert.is(app.told.find(({ path }) => path === '/answer')?.method, 'GET');
});

rig.test('two in one conversation hear each other; mute, earmuff, a tone beside, a transfer', async () => {
  const [one, two] = [await startPhone(rig, { frequencyHz: 500 }), await startPhone(rig, { frequencyHz: 700 })];
  const meeting = [{ action: 'conversation', name: 'meeting' }];
  const [a, b] = [await place(one, meeting), await place(two, meeting)];
  await until('both are in', () => [a, b].every(uuid => app.of(uuid).some(each => each.conversation_uuid_to)));
  hearsExactly(await one.media.listen(1), [700], 500);
  hearsExactly(await two.media.listen(1), [500], 700);
  await voice().muteCall(a);
  hearsSilence(await two.media.listen(1));
  await voice().unmuteCall(a);
  await voice().earmuffCall(b);
  hearsSilence(await two.media.listen(1));
  await voice().unearmuffCall(b);
  app.answers.set('/tone.wav', TONE);
  await voice().streamAudio(b, app.url('/tone.wav'), 0);
  hears(await two.media.listen(1), 900, -30);
  await voice().stopStreamAudio(b);
  await voice().playDTMF(b, '5');
  await voice().subscribeDTMF(b, app.url('/every-key'));
  two.media.press('7');
  const { fields } = await until('the key', () => app.told.find(({ path }) => path === '/every-key'));
  assert.equal(fields.dtmf, { digits: '7', timed_out: false });
  await voice().transferCallWithNCCO(b, [{ action: 'stream', streamUrl: [app.url('/tone.wav')], loop: 0 }] as never);
  hears(await two.media.listen(1), 900, -30);
  hearsSilence(await one.media.listen(1));
  for (const uuid of [a, b]) await voice().hangupCall(uuid);
  await Promise.all([app.ended(a), app.ended(b)]);
});

rig.test('connects a call with a phone, and tells of both', async () => {
  const [one, two] = [await startPhone(rig, { frequencyHz: 500 }), await startPhone(rig, { frequencyHz: 700 })];
  const uuid = await place(one, [
    {
      action: 'connect',
      endpoint: [{ type: 'sip', uri: two.uri, headers: { location: 'here' } }],
      eventUrl: [app.url('/connected')],
    },
  ]);
  const child = await until('the other to answer', () =>
    app.told.find(({ path, fields }) => path === '/connected' && fields.status === 'answered'),
  );
  assert.not.equal(child.fields.uuid, uuid);
  await until('the two to be joined', async () => (await two.media.listen(1)).atLeast(500) > -20);
  hearsExactly(await two.media.listen(1), [500], 700);
  hearsExactly(await one.media.listen(1), [700], 500);
  await voice().hangupCall(String(child.fields.uuid));
  await app.ended(uuid);
  assert.equal(
    app.of(String(child.fields.uuid), '/connected').flatMap(({ status }) => status ?? []),
    ['started', 'ringing', 'answered', 'completed'],
  );
});

rig.test('records what is said, and gives the file', async () => {
  const phone = await startPhone(rig, { frequencyHz: 500 });
  const uuid = await place(phone, [{ action: 'record', timeOut: 3, eventUrl: [app.url('/recorded')] }]);
  const { fields } = await until('the recording', () => app.told.find(({ path }) => path === '/recorded'), {
    limitMs: 10_000,
    state: () => app.told,
  });
  const headers = applicationAuth({ project: { id: applicationId }, keys });
  const file = await fetch(String(fields.recording_url), { headers });
  const bytes = Buffer.from(await file.arrayBuffer());
  assert.equal([file.status, file.headers.get('content-type'), bytes.length], [200, 'audio/wav', fields.size]);
  assert.is((await fetch(String(fields.recording_url))).status, 401);
  await app.ended(uuid);
});

rig.test('what is no NCCO, and a conversation without a name, are told as errors and end the call', async () => {
  const before = app.told.length;
  const errors = () => app.told.slice(before).flatMap(({ fields }) => (fields.reason ? [String(fields.reason)] : []));
  const strange = await startPhone(rig, { frequencyHz: 500 });
  const { uuid: lost } = (await voice().createOutboundCall({
    to: [{ type: 'sip', uri: strange.uri }],
    from: { type: 'phone', number: NUMBER },
    answerUrl: [app.url('/no-ncco')],
  } as never)) as CallResult;
  await app.ended(lost);
  assert.match(errors()[0] ?? '', /no NCCO/);
  const phone = await startPhone(rig, { frequencyHz: 500 });
  const uuid = await place(phone, [{ action: 'conversation' }]);
  await app.ended(uuid);
  assert.match(errors().at(-1) ?? '', /A conversation needs a name/);
});

rig.run();
