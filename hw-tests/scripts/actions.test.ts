import * as assert from 'uvu/assert';
import { hearsSilence } from '../rig/hearing.ts';
import { callBox } from '../rig/phones.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';
import { hearsSpeech, hearsTone, levelIn, NCCO_NUMBER, openStage, TWIML_NUMBER } from './stage.ts';

/**
 * What a script can do with its own call, in both dialects: the script, and what is seen of it on the wire (SIP), in the
 * ear (RTP) and by the application (webhooks). Whom it joins to others is in joining.test.ts.
 */
const { rig, app, voice, client, first, ended, fileOf, tone, testEach } = await openStage();

testEach([
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
    answers: { '/keys': tone },
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
    does: 'records what is said until a key is pressed',
    NCCO: [
      { action: 'record', endOnKey: '#', eventUrl: [app.url('/recorded')] },
      { action: 'stream', streamUrl: [app.url('/tone.wav')] },
    ],
    TwiML: `<Record playBeep="false" finishOnKey="#" action="${app.url('/recorded')}"/>`,
    answers: { '/recorded': { TwiML: tone.TwiML } },
    async shows(scene) {
      await scene.phone.media.listen(2);
      scene.phone.media.press('#');
      const fields = await first(scene, '/recorded');
      const file = await fileOf(scene.dialect, fields.recording_url ?? fields.RecordingUrl);
      assert.ok(levelIn(file, 0, 500) > -25);
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
      assert.ok(levelIn(file, 0, 500) > -25 && levelIn(file, 0, 900) < -45, 'what the phone says is the first channel');
      assert.ok(levelIn(file, 1, 900) > -25 && levelIn(file, 1, 500) < -45, 'what it hears is the second');
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
    answers: { '/notified': { NCCO: tone.NCCO } },
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
    answers: { '/next': tone },
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
]);

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

rig.run();
