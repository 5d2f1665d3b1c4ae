import * as assert from 'uvu/assert';
import { hearsExactly } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { until } from '../rig/until.ts';
import { ELSEWHERE, hearsSpeech, hearsTone, levelIn, NCCO_NUMBER, openStage, TWIML_NUMBER } from './stage.ts';

/** Whom a script can join its call to, in both dialects, as it is seen on the wire, in the ear and by the application. */
const { rig, app, place, hangUp, first, ended, fileOf, calleeOf, testEach } = await openStage();

testEach([
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
      assert.ok(levelIn(await fileOf(scene.dialect, url ?? RecordingUrl), 0, 500) > -40);
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
]);

rig.run();
