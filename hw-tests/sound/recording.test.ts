import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Value } from 'typebox/value';
import * as assert from 'uvu/assert';
import { RecordingMessage } from '../../firmware/monitoring/topics.ts';
import type { RecordingRecord } from '../../firmware/sessions/recordings/recording.ts';
import { send } from '../rig/application.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { MqttListener } from '../rig/mqtt-listener.ts';
import { startPhone } from '../rig/phones.ts';
import { played } from '../rig/played.ts';
import { Rig } from '../rig/rig.ts';
import { Heard, RATE } from '../rig/tones.ts';
import { until } from '../rig/until.ts';

const rig = new Rig({ needs: ['own', 'webhooks'] });

const operator = () => ({ authorization: `Bearer ${rig.box.facts.operatorToken}` });
const ask = (method: string, what: string) => send(`${rig.box.facts.http}${what}`, method, { headers: operator() });
const begin = (session: string, json: object) =>
  send(`${rig.box.facts.http}/device/sessions/${session}/recordings`, 'POST', {
    headers: { ...operator(), 'content-type': 'application/json' },
    body: JSON.stringify(json),
  });
const folder = () => path.join(rig.own.folder, 'state/recordings');

async function record(id: string): Promise<RecordingRecord> {
  const { status, text, body } = await ask('GET', `/device/recordings/${id}`);
  assert.is(status, 200, text);
  return body as unknown as RecordingRecord;
}

async function twoTalking() {
  const { application } = rig.box;
  const phones = [await startPhone(rig, { frequencyHz: 400 }), await startPhone(rig, { frequencyHz: 700 })] as const;
  const session = await application.createSession();
  const calls = await Promise.all(phones.map(phone => application.dial(session, phone.uri)));
  await Promise.all(phones.map(phone => phone.sip.logged('ANSWERED')));
  await Promise.all(phones.map(phone => phone.media.listen(1)));
  return { phones, session, calls };
}

/** Begins to record a session, and waits for the first sample. */
async function recording(session: string, json: object): Promise<string> {
  const answer = await begin(session, json);
  assert.is(answer.status, 201, answer.text);
  const id = String(answer.body.id);
  await until('the recording to start', async () => (await record(id)).status === 'started');
  return id;
}

async function stopped(id: string): Promise<RecordingRecord> {
  const { status, text, body } = await ask('POST', `/device/recordings/${id}/stop`);
  assert.is(status, 200, text);
  return body as unknown as RecordingRecord;
}

async function hangUp({ session, calls }: Awaited<ReturnType<typeof twoTalking>>): Promise<void> {
  for (const { connectionId } of calls) await rig.box.application.hangUp(session, connectionId);
  await rig.box.idle();
}

/** Fetched as an operator does. */
async function fetched(id: string, name: string): Promise<Int16Array> {
  const answer = await fetch(`${rig.box.facts.http}/device/recordings/${id}/files/${name}`, { headers: operator() });
  assert.is(answer.status, 200);
  const own = mkdtempSync(path.join(tmpdir(), 'fetched-'));
  try {
    writeFileSync(path.join(own, name), Buffer.from(await answer.arrayBuffer()));
    return await played(path.join(own, name));
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

const after = (samples: Int16Array, ms: number) => new Heard(samples.subarray((ms * RATE) / 1000));

/** When the last loud sample is, ms. */
function lastSound(samples: Int16Array): number {
  const last = samples.findLastIndex(sample => Math.abs(sample) > 2000);
  assert.ok(last > 0, 'there is a sound');
  return (last * 1000) / RATE;
}

for (const format of ['ogg', 'wav'] as const) {
  rig.test(`a mixed ${format} recording holds what both say, and is told of on MQTT`, async () => {
    const mqtt = rig.keep(await MqttListener.open(rig.box.facts.mqttUrl));
    const talk = await twoTalking();
    const id = await recording(talk.session, { mode: 'mixed', format });
    await talk.phones[0].media.listen(2.5);
    const done = await stopped(id);
    assert.equal([done.status, done.error, done.files.map(({ name }) => name)], ['stopped', null, [`mixed.${format}`]]);
    const samples = await fetched(id, `mixed.${format}`);
    assert.ok(Math.abs((samples.length * 1000) / RATE - (done.durationMs ?? 0)) < 40, `${samples.length}`);
    hearsExactly(after(samples, 500), [400, 700], 1000);
    assert.is(statSync(path.join(folder(), id)).mode & 0o777, 0o700);
    assert.is(statSync(path.join(folder(), id, `mixed.${format}`)).mode & 0o777, 0o600);
    const told = () => mqtt.messages.filter(({ topic }) => topic.endsWith(`/session/${talk.session}/recording`));
    await until('both events', () => told().length >= 2);
    for (const { payload } of told()) assert.ok(Value.Check(RecordingMessage, payload), JSON.stringify(payload));
    assert.equal(
      told().map(({ payload }) => (payload as unknown as RecordingMessage).event),
      ['recordingStarted', 'recordingStopped'],
    );
    await hangUp(talk);
    assert.is((await ask('DELETE', `/device/recordings/${id}`)).status, 204);
    assert.throws(() => statSync(path.join(folder(), id)), /ENOENT/);
  });
}

rig.test('individual files hold one phone each, say whose they are, and are in time with each other', async () => {
  const talk = await twoTalking();
  const id = await recording(talk.session, { mode: 'individual', format: 'wav' });
  await talk.phones[0].media.listen(2);
  // The same moment in both files.
  for (const { media } of talk.phones) media.hush();
  await until('silence', async () => {
    const figures = await Promise.all(talk.calls.map(({ connectionId }) => rig.box.mediaOf(connectionId)));
    return figures.every(({ received }) => (received.levelDbov ?? -127) < -100);
  });
  const done = await stopped(id);
  assert.is(done.files.length, 2);
  const ends: number[] = [];
  for (const [index, { connectionId }] of talk.calls.entries()) {
    const file = done.files.find(each => each.connectionId === connectionId);
    assert.ok(file?.streamId, `the file of connection ${connectionId}`);
    const samples = await fetched(id, file.name);
    const speech = samples.subarray(0, ((lastSound(samples) - 200) * RATE) / 1000);
    hearsExactly(after(speech, 500), [index === 0 ? 400 : 700], index === 0 ? 700 : 400);
    ends.push(file.offsetMs + lastSound(samples));
  }
  const [one = 0, other = 0] = ends;
  console.log(`the same moment at ${one.toFixed(1)} and ${other.toFixed(1)} ms`);
  assert.ok(Math.abs(one - other) < 40, `${one} and ${other} ms`);
  await hangUp(talk);
});

for (const [who, kill] of [
  ['the media worker', () => rig.own.killWorker()],
  [
    'the service',
    async () => {
      await rig.own.kill();
      await rig.own.startAgain();
    },
  ],
] as const) {
  rig.test(`kill -9 of ${who} in the midst: what was said can be played, and the record says interrupted`, async () => {
    for (const format of ['ogg', 'wav'] as const) {
      const talk = await twoTalking();
      const id = await recording(talk.session, { mode: 'mixed', format });
      const startedAt = (await record(id)).startedAt ?? 0;
      await talk.phones[0].media.listen(3);
      const killedAt = Date.now();
      await kill();
      await until('the record to be over', async () => {
        const { status, body } = await ask('GET', `/device/recordings/${id}`).catch(() => ({ status: 0, body: {} }));
        return status === 200 && (body as { status?: string }).status === 'interrupted';
      });
      const { files, error, durationMs } = await record(id);
      assert.is(error?.code, 'session.recording-interrupted');
      const samples = await fetched(id, `mixed.${format}`);
      const lengthMs = (samples.length * 1000) / RATE;
      console.log(`${format}: of ${killedAt - startedAt} ms ${lengthMs.toFixed(0)} ms can be played`);
      assert.ok(lengthMs > killedAt - startedAt - 1500, `${lengthMs} ms`);
      assert.ok(Math.abs(lengthMs - (files[0]?.durationMs ?? 0)) < 100, `the record says ${files[0]?.durationMs} ms`);
      assert.ok(Math.abs(lengthMs - (durationMs ?? 0)) < 100);
      hearsExactly(after(samples, 500), [400, 700], 1000);
      for (const phone of talk.phones) phone.media.hush();
      await until('the box to be ready', async () => (await rig.box.health()) === 200);
      await rig.box.idle();
    }
  });
}

rig.test('a full disk ends the recording with its reason, and no call', async () => {
  const mount = path.join(folder());
  mkdirSync(mount, { recursive: true });
  if (process.getuid?.() !== 0) return console.log('not shown: only root may mount a small disk');
  // Over the folder that is there: the worker opens it anew for each recording.
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k,mode=0700', 'none', mount]);
  try {
    const talk = await twoTalking();
    const id = await recording(talk.session, { mode: 'mixed', format: 'wav' });
    await until('the recording to fail', async () => (await record(id)).status === 'failed', { limitMs: 10_000 });
    const { error, files } = await record(id);
    assert.is(error?.code, 'media.disk-full');
    console.log(error?.message);
    assert.ok((files[0]?.durationMs ?? 0) > 1000);
    hearsExactly(await talk.phones[0].media.listen(1), [700], 400);
    await hangUp(talk);
  } finally {
    execFileSync('umount', ['-l', mount]);
  }
});

rig.run();
