import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { send } from '../rig/application.ts';
import { convert } from '../rig/converted.ts';
import { hearsExactly, hearsNothingOf, hearsSilence } from '../rig/hearing.ts';
import { MqttListener } from '../rig/mqtt-listener.ts';
import { root } from '../rig/own-box.ts';
import { callBox, type Phone, startPhone } from '../rig/phones.ts';
import { extentOf, likeness } from '../rig/prompt-sound.ts';
import { Rig } from '../rig/rig.ts';
import { dbov, power, RATE } from '../rig/tones.ts';
import { until } from '../rig/until.ts';
import { samplesOf } from '../rig/wav.ts';

const rig = new Rig({ needs: ['own', 'webhooks'] });

interface Dialled {
  readonly phone: Phone;
  readonly id: string;
  readonly connectionId: string;
  readonly streamId: string;
}

async function dial(session: string, frequencyHz: number, observeForceMute: boolean): Promise<Dialled> {
  const phone = await startPhone(rig, { frequencyHz });
  const { connectionId, streamId } = await rig.box.application.dial(session, phone.uri, { observeForceMute });
  await rig.webhook.state(connectionId, 'ACTIVE');
  const call = await rig.box.callOf(connectionId);
  assert.ok(call);
  return { phone, id: call.id, connectionId, streamId };
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'prompts-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** Louder than this somebody speaks. */
const SPEECH_DBOV = -45;

/** What espeak-ng said when the box was built, as a phone hears it. */
function spokenAt8kHz(prompt: string): Int16Array {
  const wav = path.join(folder, `${prompt}.wav`);
  convert(path.join(root, 'build/prompts/en', `${prompt}.wav`), `audio/x-raw,rate=${RATE},channels=1 ! wavenc`, wav);
  return samplesOf(readFileSync(wav));
}

const hangUp = (session: string, ...calls: Dialled[]) =>
  Promise.all(calls.map(({ connectionId }) => rig.box.application.hangUp(session, connectionId)));

const isMuted = async ({ connectionId }: Dialled) => (await rig.box.callOf(connectionId))?.muted;

rig.test('who hears whom before, during and after a force mute of one stream; it ends with *6', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const mqtt = rig.keep(await MqttListener.open(rig.box.facts.mqttUrl));
  const muted = await dial(session, 500, true);
  const other = await dial(session, 700, true);
  const third = await dial(session, 1100, false);
  hearsExactly(await third.phone.media.listen(1), [500, 700], 1100);

  await application.mute(session, muted.streamId);
  assert.is(await isMuted(muted), true);
  const [atOther, atThird] = await Promise.all([other, third].map(({ phone }) => phone.media.listen(4)));
  assert.ok(atOther && atThird);
  // The muted one hears everybody as before, once it was told.
  const atMuted = await muted.phone.media.listen(1);
  assert.ok(atMuted.atLeast(700) > -20 && atMuted.atLeast(1100) > -20);
  hearsExactly(atOther, [1100], 700);
  hearsNothingOf(atOther, 500);
  hearsExactly(atThird, [700], 1100);
  hearsNothingOf(atThird, 500);

  muted.phone.media.press('*6');
  await until('the call to be unmuted', async () => (await isMuted(muted)) === false);
  hearsExactly(await other.phone.media.listen(1), [500, 1100], 700);
  const told = mqtt.messages
    .filter(({ payload }) => payload.event === 'callMuteChanged')
    .map(({ topic, payload }) => [topic.includes(muted.id), payload.muted, payload.by]);
  assert.equal(told, [
    [true, true, 'moderator'],
    [true, false, 'participant'],
  ]);
  const isTold = ({ connectionId }: Dialled) =>
    rig.webhook.ofConnection(connectionId).some(({ event }) => event === 'muteForced');
  await until('the application to be told', () => isTold(muted));
  assert.equal([isTold(other), isTold(third)], [false, false]);
  await hangUp(session, muted, other, third);
});

rig.test('a call that was not dialled to observe it is muted by nobody, neither by *6', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const stubborn = await dial(session, 500, false);
  const other = await dial(session, 700, false);
  await application.mute(session, stubborn.streamId);
  await application.muteAll(session);
  stubborn.phone.media.press('*6');
  await until('two digits', async () => (await rig.box.mediaOf(stubborn.connectionId)).digits.received === 2);
  hearsExactly(await other.phone.media.listen(1), [500], 700);
  assert.equal([await isMuted(stubborn), await isMuted(other)], [false, false]);
  await hangUp(session, stubborn, other);
});

rig.test('*6 mutes and unmutes, its digits are told as any, and other digits do nothing', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const one = await dial(session, 500, true);
  const other = await dial(session, 700, true);
  one.phone.media.press('6*16');
  await until('four digits', async () => (await rig.box.mediaOf(one.connectionId)).digits.received === 4);
  assert.is(await isMuted(one), false);
  one.phone.media.press('*6');
  await until('the call to be muted', async () => (await isMuted(one)) === true);
  assert.is((await rig.box.mediaOf(one.connectionId)).digits.received, 6);
  const heard = await other.phone.media.listen(1);
  hearsNothingOf(heard, 500);
  one.phone.media.press('*6');
  await until('the call to be unmuted', async () => (await isMuted(one)) === false);
  hearsExactly(await other.phone.media.listen(1), [500], 700);
  await hangUp(session, one, other);
});

rig.test('a muted session mutes all but the excluded, and who comes later, until it is ended', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const one = await dial(session, 500, true);
  const excluded = await dial(session, 700, true);
  await application.muteAll(session, { excludedStreams: [excluded.streamId] });
  const later = await dial(session, 1100, true);
  await until('the later one to be muted', async () => (await isMuted(later)) === true);
  assert.equal([await isMuted(one), await isMuted(excluded)], [true, false]);
  const heard = await excluded.phone.media.listen(4);
  for (const frequency of [500, 1100]) hearsNothingOf(heard, frequency);
  assert.ok((await one.phone.media.listen(1)).atLeast(700) > -20);

  await application.endMute(session);
  assert.equal([await isMuted(one), await isMuted(later)], [true, true]);
  const last = await dial(session, 1300, true);
  assert.is(await isMuted(last), false);
  hearsExactly(await excluded.phone.media.listen(1), [1300], 700);
  await hangUp(session, one, excluded, later, last);
});

rig.test('prompts are speech that the muted far end alone hears, whole', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const one = await dial(session, 500, true);
  const other = await dial(session, 700, true);
  other.phone.media.hush();
  hearsSilence(await one.phone.media.listen(1));
  for (const [prompt, begin] of [
    ['muted-by-moderator', () => application.mute(session, one.streamId)],
    ['unmuted', async () => one.phone.media.press('*6')],
    ['muted', async () => one.phone.media.press('*6')],
  ] as const) {
    const spoken = spokenAt8kHz(prompt);
    const whole = extentOf(spoken, SPEECH_DBOV);
    assert.ok(whole);
    const part = spoken.subarray(whole.from, whole.to);
    for (const { phone } of [one, other]) phone.media.startRecording();
    await begin();
    const isWhole = () => {
      const sound = one.phone.media.recorded();
      const extent = extentOf(sound, SPEECH_DBOV);
      return extent !== null && extent.to - extent.from > 0.9 * part.length && sound.length > extent.to + RATE / 2;
    };
    await until(`the whole prompt ${prompt}`, isWhole, { limitMs: 10_000 });
    const heard = one.phone.media.recorded();
    const { value, shift } = likeness(part, heard, heard.length - part.length);
    assert.ok(value > 0.97, `${prompt}: ${value} alike at best`);
    const extent = extentOf(heard, SPEECH_DBOV);
    const seconds = ((extent?.to ?? 0) - (extent?.from ?? 0)) / RATE;
    assert.ok(Math.abs(seconds - part.length / RATE) < 0.1, `${prompt}: ${seconds} s, not ${part.length / RATE}`);
    const level = dbov(power(heard.subarray(shift, shift + part.length)));
    assert.ok(Math.abs(level - dbov(power(part))) < 0.5, `${prompt}: ${level} dBov`);
    // Nothing of it anywhere else: there is the one's tone, or silence.
    const elsewhere = other.phone.media.recorded();
    const leaked = likeness(part, elsewhere, elsewhere.length - part.length).value;
    assert.ok(leaked < 0.3, `${prompt}: ${leaked} alike elsewhere`);
  }
  await hangUp(session, one, other);
});

rig.test('the operator mutes any call of a session or number of the box, silently, and takes it back', async () => {
  const phone = await callBox(rig, rig.box, 'echo', { frequencyHz: 500 });
  await phone.sip.logged('MEDIA');
  const [call] = await rig.box.calls();
  assert.ok(call);
  assert.ok((await phone.media.listen(1)).atLeast(500) > -20);
  const post = async (id: string, verb: string, authorization = `Bearer ${rig.box.facts.operatorToken}`) =>
    send(`${rig.box.facts.http}/device/calls/${id}/${verb}`, 'POST', { headers: { authorization } });
  assert.is((await post(call.id, 'mute')).status, 204);
  hearsNothingOf(await phone.media.listen(1), 500);
  assert.is((await post(call.id, 'unmute')).status, 204);
  assert.ok((await phone.media.listen(1)).atLeast(500) > -20);
  assert.is((await post('nobody', 'mute')).status, 404);
  assert.is((await post(call.id, 'mute', 'Bearer x')).status, 401);
});

rig.run();
