import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decode, encode } from '../rig/g711.ts';
import { hearsExactly, hearsNothingOf } from '../rig/hearing.ts';
import { MqttListener } from '../rig/mqtt-listener.ts';
import { callBox, type Phone, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { seededRandom } from '../rig/seeded-random.ts';
import { RATE, sine } from '../rig/tones.ts';
import { until } from '../rig/until.ts';
import { wavOf } from '../rig/wav.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'announcements-'));
const random = seededRandom(7);
/** Speech begins at once and never repeats; so does this. */
const loud = Int16Array.from({ length: RATE }, () => Math.round((random() - 0.5) * 16_000));
/** What G.711 can say: it goes through it as it is, whoever codes. */
const noise = decode('PCMU', encode('PCMU', loud));
writeFileSync(path.join(folder, 'noise.wav'), wavOf(noise));
writeFileSync(path.join(folder, 'tone.wav'), wavOf(sine(900, -16, 0, RATE)));
writeFileSync(path.join(folder, 'broken.wav'), 'this is no sound');
mkdirSync(path.join(folder, 'sub'));
writeFileSync(path.join(folder, 'sub', 'tone.wav'), wavOf(sine(900, -16, 0, RATE)));
symlinkSync('/etc/hostname', path.join(folder, 'link.wav'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const rig = new Rig({ needs: ['own', 'webhooks'], box: { config: { announcements: { directories: [folder] } } } });

interface Dialled {
  readonly phone: Phone;
  readonly id: string;
  readonly session: string;
  readonly connectionId: string;
}

async function dial(session: string, frequencyHz: number): Promise<Dialled> {
  const phone = await startPhone(rig, { frequencyHz });
  const { connectionId } = await rig.box.application.dial(session, phone.uri);
  await rig.webhook.state(connectionId, 'ACTIVE');
  const call = await rig.box.callOf(connectionId);
  assert.ok(call);
  return { phone, id: call.id, session, connectionId };
}

const play = (id: string, body: object) => rig.box.asOperator('POST', `/device/calls/${id}/play`, body);
const stop = (id: string, body: object = {}) => rig.box.asOperator('POST', `/device/calls/${id}/stop`, body);

const bytes = (samples: Int16Array) => Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);

rig.test(
  'a file that is played right after the answer reaches the phone whole, from its very first sample',
  async () => {
    const { application } = rig.box;
    const phone = await startPhone(rig, { frequencyHz: 400 });
    await application.dial(await application.createSession(), phone.uri);
    const [call] = await rig.box.calls();
    assert.ok(call);
    // Not a moment is left between the answer and the request.
    let answer = await play(call.id, { file: 'noise.wav' });
    await until('the call to be answered', async () => {
      if (answer.status === 400) answer = await play(call.id, { file: 'noise.wav' });
      return answer.status === 200;
    });
    const whole = bytes(noise);
    await until('the whole file at the phone', () => bytes(phone.media.recorded()).includes(whole), {
      state: () => ({
        heard: phone.media.recorded().length,
        first50ms: bytes(phone.media.recorded()).includes(whole.subarray(0, 2 * 400)),
      }),
    });
  },
);

rig.test('what is played to one far end is heard there alone, over what it hears anyway', async () => {
  const session = await rig.box.application.createSession();
  const one = await dial(session, 500);
  const two = await dial(session, 700);
  assert.equal((await play(one.id, { file: 'sub/tone.wav', loops: 0 })).body.state, 'playing');
  const [atOne, atTwo] = await Promise.all([one.phone.media.listen(2), two.phone.media.listen(2)]);
  hearsExactly(atOne, [700, 900], 500);
  hearsExactly(atTwo, [500], 700);
  assert.is((await stop(one.id)).status, 204);
  hearsExactly(await one.phone.media.listen(1), [700], 500);
});

rig.test('what is played to a session is heard by everybody there, and ducks what they say', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const one = await dial(session, 500);
  const two = await dial(session, 700);
  const elsewhere = await dial(await application.createSession(), 1100);
  const { status, body } = await play(one.id, {
    file: 'tone.wav',
    loops: 0,
    to: 'session',
    under: 'duck',
    duckDb: -20,
  });
  assert.is(status, 200);
  const [atOne, atTwo, atThird] = await Promise.all([one, two, elsewhere].map(({ phone }) => phone.media.listen(2)));
  assert.ok(atOne && atTwo && atThird);
  for (const [heard, other] of [
    [atOne, 700],
    [atTwo, 500],
  ] as const) {
    assert.ok(heard.atLeast(900) > -17, `${heard.atLeast(900)}`);
    assert.ok(Math.abs(heard.atLeast(other) - -36) < 1.5, `${heard.atLeast(other)}`);
  }
  hearsNothingOf(atThird, 900);
  assert.is((await stop(one.id, { player: body.player, fadeOutMs: 100 })).status, 204);
  hearsExactly(await one.phone.media.listen(1), [700], 500);
  assert.is((await stop(one.id, { player: body.player })).status, 404);
});

rig.test('the end of what is played is told on MQTT, with why and after how long', async () => {
  const mqtt = rig.keep(await MqttListener.open(rig.box.facts.mqttUrl));
  const one = await dial(await rig.box.application.createSession(), 500);
  const players = [];
  for (const [body, reason] of [
    [{ file: 'tone.wav' }, 'finished'],
    [{ file: 'tone.wav', loops: 0, maxMs: 400 }, 'limit'],
    [{ file: 'tone.wav', loops: 0 }, 'stopped'],
  ] as const) {
    const { player } = (await play(one.id, body)).body;
    if (reason === 'stopped') assert.is((await stop(one.id)).status, 204);
    players.push(player);
    const { payload } = await mqtt.find('its end', each => each.payload.player === player);
    assert.is(payload.event, 'callPlayEnded');
    assert.is((payload.call as { id: string }).id, one.id);
    assert.is(payload.reason, reason);
    const [low, high] = { finished: [980, 1040], limit: [380, 440], stopped: [0, 2000] }[reason];
    const ms = payload.playedMs as number;
    assert.ok(ms >= (low ?? 0) && ms <= (high ?? 0), `${reason} after ${ms} ms`);
  }
  assert.is((await play(one.id, { file: 'tone.wav', loops: 0 })).status, 200);
  await one.phone.media.listen(1);
  await rig.box.application.hangUp(one.session, one.connectionId);
  await mqtt.find('the end of the call', ({ payload }) => payload.event === 'callDestroyed');
  const ends = mqtt.messages.filter(({ payload }) => payload.event === 'callPlayEnded');
  assert.equal(
    ends.map(({ payload }) => payload.player),
    players,
    "what the call's end cut off is not told of",
  );
});

rig.test('tones: busy in its cadence, and in the place of everything else', async () => {
  const phone = await callBox(rig, rig.box, 'echo', { frequencyHz: 500 });
  await phone.sip.logged('MEDIA');
  const [call] = await rig.box.calls();
  assert.ok(call);
  assert.is((await play(call.id, { tone: 'busy', under: 'replace' })).status, 200);
  const heard = await phone.media.listen(2);
  hearsNothingOf(heard, 500);
  // Half a second on, half a second off, at -20 dBov: half the power over a second.
  assert.ok(Math.abs(heard.loudest() - -23) < 1, `${heard.loudest()}`);
  assert.ok(heard.atMost(425) > -35, `${heard.atMost(425)}`);
  assert.is((await stop(call.id)).status, 204);
  assert.ok((await phone.media.listen(1)).atLeast(500) > -20);
});

rig.test('what cannot be played is refused in words', async () => {
  const session = await rig.box.application.createSession();
  const { id } = await dial(session, 500);
  const refusals: [object, number, RegExp][] = [
    [{ file: 'missing.wav' }, 404, /There is no missing\.wav in the announcements\.directories/],
    [{ file: 'broken.wav' }, 422, /broken\.wav cannot be decoded/],
    [{ file: 'link.wav' }, 422, /link\.wav leads out of its directory/],
    [{ file: 'sub' }, 422, /sub is not a regular file/],
    [{ file: '../etc/passwd' }, 400, /file/],
    [{ file: 'sub/../../etc/passwd' }, 400, /file/],
    [{ file: '/etc/passwd' }, 400, /file/],
    [{}, 400, /a file or a tone/],
    [{ file: 'tone.wav', tone: 'busy' }, 400, /a file or a tone/],
    [{ tone: 'beep' }, 400, /tone/],
    [{ tone: 'busy', levelDb: 100 }, 400, /levelDb/],
    [{ tone: 'busy', url: 'http://127.0.0.1/' }, 400, /url|additional/],
  ];
  for (const [body, status, words] of refusals) {
    const answer = await play(id, body);
    assert.is(answer.status, status, `${JSON.stringify(body)}: ${answer.text}`);
    assert.match(String(answer.body.message), words);
  }
  assert.is((await play('nobody', { tone: 'busy' })).status, 404);
  assert.is((await stop(id, { player: 'x' })).status, 404);
  assert.is((await stop(id)).status, 204);
  const phone = await callBox(rig, rig.box, 'echo', { frequencyHz: 500 });
  await phone.sip.logged('MEDIA');
  const [echo] = await rig.box.calls();
  assert.ok(echo);
  assert.is((await play(echo.id, { tone: 'busy', to: 'session' })).status, 409);
});

rig.test('nothing of it is left when a worker dies in the middle of it', async () => {
  const session = await rig.box.application.createSession();
  const { id, phone } = await dial(session, 500);
  assert.is((await play(id, { file: 'tone.wav', loops: 0 })).status, 200);
  rig.own.killWorker();
  await phone.sip.succeeded();
  await rig.box.idle();
  await until('a new worker', async () => (await rig.box.health()) === 200);
  const again = await dial(session, 700);
  const heard = await again.phone.media.listen(1);
  hearsNothingOf(heard, 900);
});

rig.run();
