import twilio from 'twilio';
import type { CallInstance } from 'twilio/lib/rest/api/v2010/account/call.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ApplicationServer, type Told } from '../rig/application-server.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { callBox, type Phone, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { RATE, sine } from '../rig/tones.ts';
import { until } from '../rig/until.ts';
import { wavOf } from '../rig/wav.ts';

/** An application of the Twilio API and the box: calls by the official SDK, TwiML by webhooks, heard by phones. */
const accountSid = `AC${'0123456789abcdef'.repeat(2)}`;
const authToken = 'token-of-the-test-0123456789';
const NUMBER = '442071234567';
const SILENCE_DBOV = -45;
const app = await new ApplicationServer().open();
const rig = new Rig({
  needs: ['own'],
  box: {
    moreProjects: [
      {
        twilio: {
          accountSid,
          authToken,
          numbers: [{ msisdn: NUMBER, voiceUrl: app.url('/voice'), statusCallback: app.url('/ended') }],
        },
      },
    ],
    config: { trunks: [{ name: 'carrier', sources: ['127.0.0.1'] }] },
  },
});
test.after(() => app.close());

function client() {
  const sdk = twilio(accountSid, authToken);
  sdk.api.baseUrl = rig.box.facts.http;
  return sdk;
}

const TONE = wavOf(sine(900, -16, 0, 4 * RATE));
/** By the SDK's own check, with the account's token. */
const genuine = ({ headers, url, body }: Told) =>
  twilio.validateRequest(authToken, String(headers['x-twilio-signature']), url, body);

const events = (sid: string) => app.at('/status').filter(({ fields }) => fields.CallSid === sid);
const statuses = (sid: string) => events(sid).map(({ fields }) => fields.CallStatus);

function place(phone: Phone, twiml: string, more: object = {}): Promise<CallInstance> {
  return client().calls.create({
    to: phone.uri,
    from: 'reception',
    twiml: `<Response>${twiml}</Response>`,
    statusCallback: app.url('/status'),
    statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    ...more,
  });
}

const ended = (sid: string) =>
  until('its end', () => events(sid).find(({ fields }) => fields.CallStatus === 'completed'), {
    state: () => app.told,
    limitMs: 15_000,
  });

async function hearsSpeech(phone: Phone): Promise<void> {
  await until('speech', async () => (await phone.media.listen(1)).loudest() > SILENCE_DBOV, { limitMs: 10_000 });
}

async function hearsTone(phone: Phone, frequencyHz: number): Promise<void> {
  await until('the tone', async () => (await phone.media.listen(1)).atLeast(frequencyHz) > -30, { limitMs: 15_000 });
}

async function refusalOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    problem => problem,
  );
  return error === null ? 'accepted' : `${error.status} ${error.code}`;
}

rig.test('a call that is placed says its TwiML, and its states are told in order, signed', async () => {
  const phone = await startPhone(rig, { frequencyHz: 500 });
  app.answers.set('/tone.wav', TONE);
  const { sid, status, direction, from } = await place(
    phone,
    `<Say>Good morning to everybody who can hear this</Say><Play>${app.url('/tone.wav')}</Play>`,
  );
  assert.equal([status, direction, from], ['queued', 'outbound-api', 'reception']);
  await hearsSpeech(phone);
  await hearsTone(phone, 900);
  const end = await ended(sid);
  assert.equal(statuses(sid), ['initiated', 'ringing', 'in-progress', 'completed']);
  assert.equal(
    events(sid).map(told => [told.fields.SequenceNumber, genuine(told)]),
    [
      ['0', true],
      ['1', true],
      ['2', true],
      ['3', true],
    ],
  );
  assert.ok(Number(end.fields.CallDuration) > 0);
  const past = await until('its record', async () => {
    const call = await client().calls(sid).fetch();
    return call.endTime ? call : null;
  });
  assert.equal([past.status, past.duration, past.to], ['completed', end.fields.CallDuration, phone.uri]);
  assert.ok((await client().calls.list({ status: 'completed', limit: 5 })).some(call => call.sid === sid));
  assert.is(await client().calls(sid).remove(), true);
  assert.is(await refusalOf(client().calls(sid).fetch()), '404 20404');
});

rig.test('a caller of the number presses keys, and is led on by what they lead to', async () => {
  app.answers.set(
    '/voice',
    '<Gather numDigits="2" timeout="8" action="/keys"><Say>Please press two keys</Say></Gather><Reject/>',
  );
  app.answers.set('/keys', '<Play>/tone.wav</Play>');
  const phone = await callBox(rig, rig.box, NUMBER, { frequencyHz: 500 });
  await hearsSpeech(phone);
  phone.media.press('42');
  await hearsTone(phone, 900);
  await phone.sip.ended();
  const [voice, keys] = [app.at('/voice')[0], app.at('/keys')[0]];
  assert.ok(voice && keys);
  assert.equal([voice.method, genuine(voice), genuine(keys)], ['POST', true, true]);
  assert.equal(
    [voice?.fields.To, voice?.fields.Direction, voice?.fields.CallStatus],
    [`+${NUMBER}`, 'inbound', 'ringing'],
  );
  assert.is(keys?.fields.Digits, '42');
  await until('its end', () => app.at('/ended')[0]?.fields.CallStatus === 'completed', { state: () => app.told });
});

rig.test('callers of one conference hear each other, and one who is dialled is joined with the caller', async () => {
  app.answers.set('/voice', '<Dial><Conference beep="false" waitUrl="">Stand-up</Conference></Dial>');
  const one = await callBox(rig, rig.box, NUMBER, { frequencyHz: 400 });
  const two = await callBox(rig, rig.box, NUMBER, { frequencyHz: 700 });
  await hearsTone(one, 700);
  hearsExactly(await two.media.listen(1), [400], 700);

  const called = await startPhone(rig, { frequencyHz: 1100 });
  app.answers.set(
    '/voice',
    `<Dial action="/dialled" hangupOnStar="true"><Sip statusCallback="/child" statusCallbackEvent="answered completed">${called.uri}?X-Case=7</Sip></Dial>`,
  );
  app.answers.set('/dialled', '<Play>/tone.wav</Play>');
  const caller = await callBox(rig, rig.box, NUMBER, { frequencyHz: 500 });
  await hearsTone(caller, 1100);
  hearsExactly(await called.media.listen(1), [500], 1100);
  caller.media.press('*');
  await hearsTone(caller, 900);
  const dialled = app.at('/dialled')[0]?.fields;
  assert.equal([dialled?.DialCallStatus, dialled?.DialSipResponseCode], ['completed', '200']);
  const child = await client().calls(String(dialled?.DialCallSid)).fetch();
  assert.equal([child.direction, child.parentCallSid], ['outbound-dial', dialled?.CallSid]);
  await until('its end', () => app.at('/child').length === 2, { state: () => app.told });
});

rig.test('what a caller says is recorded, and can be fetched', async () => {
  app.answers.set('/voice', '<Record action="/recorded" maxLength="3" timeout="0" playBeep="false"/>');
  const caller = await callBox(rig, rig.box, NUMBER, { frequencyHz: 600 });
  await caller.sip.ended();
  const fields = (await until('the recording', () => app.at('/recorded')[0])).fields;
  const [recording] = await client().calls(String(fields.CallSid)).recordings.list();
  assert.equal([recording?.sid, recording?.status], [fields.RecordingSid, 'completed']);
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const media = await fetch(String(fields.RecordingUrl), { headers: { authorization } });
  const wav = Buffer.from(await media.arrayBuffer());
  assert.equal([media.status, wav.toString('latin1', 0, 4)], [200, 'RIFF']);
  assert.ok(wav.length > 2 * 8000);
  assert.is((await fetch(String(fields.RecordingUrl))).status, 401);
});

rig.test('a live call is led elsewhere and ended; what cannot be is refused with the vendor’s codes', async () => {
  const phone = await startPhone(rig, { frequencyHz: 500 });
  const { sid } = await place(phone, '<Pause length="60"/>');
  await until('it is answered', () => statuses(sid).includes('in-progress'), { state: () => app.told });
  assert.is(await refusalOf(client().calls(sid).remove()), '409 20409');
  assert.is(await refusalOf(client().calls(sid).update({ status: 'canceled' })), '400 21220');
  await client()
    .calls(sid)
    .update({ twiml: `<Response><Play loop="0">${app.url('/tone.wav')}</Play></Response>` });
  await hearsTone(phone, 900);
  await client().calls(sid).update({ status: 'completed' });
  await ended(sid);
  const wrong: [object, string][] = [
    [{ to: 'sip:bob@127.0.0.1' }, '400 21205'],
    [{ to: 'bob' }, '400 21211'],
    [{ from: 'two words' }, '400 21212'],
    [{ to: `sip:${'b'.repeat(300)}@127.0.0.1` }, '400 21217'],
    [{ url: 'ftp://example.com' }, '400 21205'],
    [{ sendDigits: 'hello' }, '400 21206'],
    [{ timeout: 601 }, '400 21208'],
    [{ method: 'PUT' }, '400 21209'],
    [{ sipAuthUsername: 'u' }, '400 21225'],
    [{ to: `sip:bob@127.0.0.1?X-A=${'b'.repeat(1100)}` }, '400 21227'],
    [{ twiml: '<html>' }, '400 12100'],
  ];
  for (const [over, expected] of wrong) {
    const isBare = expected === '400 21205' && !('url' in over);
    const request = { to: phone.uri, from: NUMBER, ...(isBare ? {} : { url: app.url('/voice') }), ...over };
    const asked = 'twiml' in over ? { ...request, url: undefined } : request;
    assert.is(await refusalOf(client().calls.create(asked as never)), expected, JSON.stringify(over).slice(0, 80));
  }
  const stranger = twilio(accountSid, 'another-token-0123456789');
  stranger.api.baseUrl = rig.box.facts.http;
  assert.is(await refusalOf(stranger.calls.list()), '401 20003');
});

rig.test('an application that is broken is heard of as an apology, or its fallback takes over', async () => {
  app.answers.set('/broken', 500);
  app.answers.set('/fallback', '<Play>/tone.wav</Play>');
  const phone = await startPhone(rig, { frequencyHz: 500, calls: 2 });
  const first = await place(phone, '', { twiml: undefined, url: app.url('/broken') });
  await hearsSpeech(phone);
  await ended(first.sid);
  assert.is(app.at('/broken').length, 2);
  const second = await place(phone, '', {
    twiml: undefined,
    url: app.url('/broken'),
    fallbackUrl: app.url('/fallback'),
  });
  await ended(second.sid);
  const fallback = app.at('/fallback')[0]?.fields;
  assert.equal([fallback?.ErrorCode, fallback?.ErrorUrl], ['11200', app.url('/broken')]);
});

rig.run();
