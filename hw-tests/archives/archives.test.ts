import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Value } from 'typebox/value';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { called, OpenTok, type SdkArchive, type SdkCallback } from '../../firmware/api/testing/opentok-sdk.ts';
import { videoOf } from '../../firmware/api/testing/vonage-sdk.ts';
import { ArchiveMessage } from '../../firmware/monitoring/topics.ts';
import { ApplicationKeys } from '../rig/application-keys.ts';
import { hears, hearsNothingOf } from '../rig/hearing.ts';
import { MqttListener } from '../rig/mqtt-listener.ts';
import { startPhone } from '../rig/phones.ts';
import { played } from '../rig/played.ts';
import { Rig } from '../rig/rig.ts';
import { Heard, RATE } from '../rig/tones.ts';
import { until } from '../rig/until.ts';

const stranger = { apiKey: '46000002', apiSecret: 'a secret of somebody else' };
const applicationId = '78d335fa-323d-4114-9c3d-d6f0d48968cf';
const keys = new ApplicationKeys();
const { publicKeyFile } = keys;
const rig = new Rig({
  needs: ['own', 'webhooks'],
  box: { moreProjects: [{ opentok: stranger }, { vonage: { applicationId, publicKeyFile } }] },
});
test.after(() => keys.close());

const sdk = () => rig.box.application.sdk;
const start = (session: string, options: Record<string, unknown>) =>
  called<SdkArchive>(done => sdk().startArchive(session, options, done));
const get = (id: string) => called<SdkArchive>(done => sdk().getArchive(id, done));

const TONES = [400, 700] as const;

async function twoTalking() {
  const { application } = rig.box;
  const phones = await Promise.all(TONES.map(frequencyHz => startPhone(rig, { frequencyHz })));
  const session = await application.createSession();
  const calls = await Promise.all(phones.map(phone => application.dial(session, phone.uri)));
  await Promise.all(phones.map(phone => phone.sip.logged('ANSWERED')));
  await Promise.all(phones.map(phone => phone.media.listen(1)));
  return { session, phones, calls };
}

function available(id: string): Promise<SdkArchive> {
  return until(
    'the archive to be available',
    async () => {
      const archive = await get(id);
      return archive.status === 'available' && archive;
    },
    { state: () => get(id), limitMs: 15_000 },
  );
}

/** Its file, as an application fetches it: with the URL alone. */
async function fetched({ url, size }: SdkArchive): Promise<Buffer> {
  const answer = await fetch(String(url));
  assert.is(answer.status, 200);
  const bytes = Buffer.from(await answer.arrayBuffer());
  assert.is(bytes.length, size);
  return bytes;
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'archive-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const heard = (samples: Int16Array, fromMs: number) => new Heard(samples.subarray((fromMs * RATE) / 1000));

/** A phone that is late, on a busy machine, takes a part of a second from what is recorded of it. */
const RECORDED_DBOV = -26;

/** Whose tones are in it, and whose is not. */
function holds(sound: Heard, tones: readonly number[], absent: number): void {
  for (const tone of tones) hears(sound, tone, RECORDED_DBOV);
  hearsNothingOf(sound, absent);
}

/** The sound of a composed one. */
async function soundOf(archive: SdkArchive): Promise<Int16Array> {
  const bytes = await fetched(archive);
  return inFolder(async folder => {
    const file = path.join(folder, 'archive.ogg');
    writeFileSync(file, bytes);
    return played(file);
  });
}

interface Manifest {
  readonly files: readonly { readonly streamId: string; readonly filename: string; readonly size: number }[];
}

/** The sounds of an individual one, by stream, as its manifest says. */
async function soundsOf(archive: SdkArchive): Promise<Map<string, Int16Array>> {
  const bytes = await fetched(archive);
  return inFolder(async folder => {
    writeFileSync(path.join(folder, 'archive.zip'), bytes);
    execFileSync('unzip', ['-q', 'archive.zip'], { cwd: folder });
    const json = execFileSync('unzip', ['-p', 'archive.zip', `${archive.id}.json`], { cwd: folder }).toString();
    const { files } = JSON.parse(json) as Manifest;
    const sounds = new Map<string, Int16Array>();
    for (const { streamId, filename } of files) sounds.set(streamId, await played(path.join(folder, filename)));
    return sounds;
  });
}

async function isEachAlone(
  sounds: Map<string, Int16Array>,
  streams: readonly string[],
  lengthMs: number,
): Promise<void> {
  assert.equal([...sounds.keys()].sort(), [...streams].sort());
  for (const [index, stream] of streams.entries()) {
    const samples = sounds.get(stream) as Int16Array;
    assert.ok((samples.length * 1000) / RATE >= lengthMs, `${samples.length} samples`);
    holds(heard(samples, 700), [TONES[index] as number], TONES[1 - index] as number);
  }
}

async function threeOfOneTalk(): Promise<void> {
  const mqtt = rig.keep(await MqttListener.open(rig.box.facts.mqttUrl));
  const callback = await called<SdkCallback>(done =>
    sdk().registerCallback({ group: 'archive', event: 'status', url: rig.webhook.url('/archive') }, done),
  );
  const { session, phones, calls } = await twoTalking();
  const [composed, individual, chosen] = await Promise.all([
    start(session, { name: 'all' }),
    start(session, { outputMode: 'individual', multiArchiveTag: 'each' }),
    start(session, { streamMode: 'manual', multiArchiveTag: 'one' }),
  ]);
  assert.equal([composed.status, individual.status, chosen.status], ['started', 'started', 'started']);
  await called(done => sdk().addArchiveStream(chosen.id, String(calls[0]?.streamId), {}, done));
  await phones[0]?.media.listen(2.5);
  const stopped = await Promise.all(
    [composed, individual, chosen].map(({ id }) => called<SdkArchive>(done => sdk().stopArchive(id, done))),
  );
  assert.equal(
    stopped.map(({ status, url }) => [status, url]),
    Array.from({ length: 3 }, () => ['stopped', null]),
  );
  const both = await available(composed.id);
  assert.equal([both.reason, both.name, both.hasVideo], ['user initiated', 'all', false]);
  assert.ok(both.duration >= 2 && both.duration <= 4, `${both.duration} s`);
  holds(heard(await soundOf(both), 500), TONES, 1000);
  const streams = calls.map(({ streamId }) => streamId);
  await isEachAlone(await soundsOf(await available(individual.id)), streams, 2300);
  holds(heard(await soundOf(await available(chosen.id)), 1000), [TONES[0]], TONES[1]);

  const statuses = () =>
    rig.webhook.received.flatMap(({ path: where, body }) => {
      const { id, status } = body as unknown as { id: string; status: string };
      return where === '/archive' && id === composed.id ? [status] : [];
    });
  await until('the callback to be told of all', () => statuses().length >= 3);
  assert.equal(statuses(), ['started', 'stopped', 'available']);
  const onMqtt = () =>
    mqtt.messages.filter(
      ({ topic, payload }) =>
        topic.endsWith(`/session/${session}/archive`) &&
        (payload as unknown as ArchiveMessage).archive.id === composed.id,
    );
  await until('MQTT to tell of all', () => onMqtt().length >= 3);
  for (const { payload } of onMqtt()) assert.ok(Value.Check(ArchiveMessage, payload), JSON.stringify(payload));
  await called(done => sdk().unregisterCallback(callback.id, done));

  const another = new OpenTok(stranger.apiKey, stranger.apiSecret, rig.box.facts.http);
  await called<SdkArchive>(done => another.getArchive(composed.id, done)).then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, 'Archive not found'),
  );
  const { url } = await get(composed.id);
  assert.is((await fetch(String(url).replace(/signature=.*/, 'signature=x'))).status, 403);
  assert.is((await fetch(String(url), { headers: { range: 'bytes=0-3' } })).status, 206);
  await called(done => both.delete(done));
  assert.is((await fetch(String(url))).status, 404);
  for (const { connectionId } of calls) await rig.box.application.hangUp(session, connectionId);
}

async function always(): Promise<void> {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 400 });
  const { sessionId } = await called<{ sessionId: string }>(done =>
    sdk().createSession({ mediaMode: 'routed', archiveMode: 'always' }, done),
  );
  const { connectionId } = await application.dial(sessionId, phone.uri);
  await phone.sip.logged('ANSWERED');
  const list = () =>
    new Promise<SdkArchive[]>((resolve, reject) =>
      sdk().listArchives({ sessionId }, (error, items) => (error ? reject(error) : resolve(items))),
    );
  const [archive] = await until('the archive', async () => {
    const items = await list();
    return items.length > 0 && items;
  });
  assert.is(archive?.status, 'started');
  await phone.media.listen(1);
  await application.hangUp(sessionId, connectionId);
  await until('the archive to pause', async () => (await list())[0]?.status === 'paused');
  await called<SdkArchive>(done => sdk().stopArchive(String(archive?.id), done));
  await available(String(archive?.id));
}

async function byVonage(): Promise<void> {
  const video = videoOf({ project: { id: applicationId }, keys }, rig.box.facts.http);
  const phones = await Promise.all(TONES.map(frequencyHz => startPhone(rig, { frequencyHz })));
  const { sessionId } = await video.createSession();
  const token = video.generateClientToken(sessionId);
  const calls = await Promise.all(phones.map(({ uri }) => video.initiateSIPCall(sessionId, { token, sip: { uri } })));
  await Promise.all(phones.map(phone => phone.media.listen(1)));
  const { id } = await video.startArchive(sessionId);
  await phones[0]?.media.listen(2);
  await video.stopArchive(id);
  const archive = await until('the archive to be available', async () => {
    const seen = await video.getArchive(id);
    return seen.status === 'available' && (seen as unknown as SdkArchive);
  });
  holds(heard(await soundOf(archive), 500), TONES, 1000);
  await get(id).then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, 'Archive not found'),
  );
  for (const { connectionId } of calls) await video.disconnectClient(sessionId, connectionId);
}

rig.together(2, [
  [
    'composed, individual and chosen archives of one talk are fetched by their URLs, and hold the right tones',
    threeOfOneTalk,
  ],
  ['an application of Vonage archives by @vonage/video, and no project of OpenTok sees it', byVonage],
  ['a session that is always archived is so from its first word on, and its archive ends with it', always],
]);

rig.test(
  'kill -9 in the midst of archives: they say so after the restart, and what was said can be fetched',
  async () => {
    const { session, phones, calls } = await twoTalking();
    await called<SdkCallback>(done =>
      sdk().registerCallback({ group: 'archive', event: 'status', url: rig.webhook.url('/killed') }, done),
    );
    const composed = await start(session, {});
    const individual = await start(session, { outputMode: 'individual', multiArchiveTag: 'each' });
    await phones[0]?.media.listen(3);
    await rig.own.kill();
    await rig.own.startAgain();
    const archive = await available(composed.id);
    assert.match(archive.reason, /the service ended while it was recording/);
    holds(heard(await soundOf(archive), 500), TONES, 1000);
    const streams = calls.map(({ streamId }) => streamId);
    await isEachAlone(await soundsOf(await available(individual.id)), streams, 1700);
    const told = () =>
      rig.webhook.received.flatMap(({ path: where, body }) => {
        const { id, status } = body as unknown as { id: string; status: string };
        return where === '/killed' && id === individual.id ? [status] : [];
      });
    await until('the callback of before to be told', () => told().includes('available'), { state: told });
    assert.equal([...new Set(told())], ['started', 'stopped', 'available']);
    for (const phone of phones) phone.media.hush();
    await rig.box.idle();
  },
);

rig.run();
