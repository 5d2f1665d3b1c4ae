import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CrosspointError, isCrosspointError } from '../../base/errors.ts';
import type { ConnectionId, ProjectId, SessionId } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import { RecordingsRig } from '../recordings/recordings.fixture.ts';
import { Sessions } from '../registry.ts';
import type { Session } from '../session.ts';
import { ArchivesRig } from './archives.fixture.ts';

const project = '46000001' as ProjectId;
const stranger = '46000002' as ProjectId;

interface Scene {
  clock: ManualClock;
  sessions: Sessions;
  recordings: RecordingsRig;
  rig: ArchivesRig;
}

const test = suite<Scene>('archives');
test.before.each(scene => {
  scene.clock = new ManualClock();
  scene.sessions = new Sessions({
    store: { save: async () => undefined, all: async () => [], delete: async () => undefined },
    events: {
      record: async event => {
        scene.recordings.recordings.sessionEvent(event);
        scene.rig.archives.sessionEvent(event);
      },
    },
    clock: scene.clock,
    log: silentLog,
    limits: { sessionsPerProject: 100, connectionsPerSession: 10 },
  });
  scene.recordings = new RecordingsRig(scene.clock);
  scene.rig = new ArchivesRig(scene.recordings, scene.sessions, scene.clock);
});
test.after.each(({ recordings }) => recordings.close());

async function code(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'accepted',
    error => (isCrosspointError(error) ? error.code : String(error)),
  );
}

const settled = () => new Promise(resolve => setImmediate(resolve));

/** A session that a phone is in, and speaks. */
async function occupied({ sessions }: Scene, archiveMode: Session['archiveMode'] = 'manual', phones = 1) {
  const { id } = await sessions.create(project, { mediaMode: 'routed', archiveMode, location: '' });
  const joined = Array.from({ length: phones }, () => sessions.join(project, id, ''));
  for (const { connectionId } of joined) sessions.publish(project, id, connectionId);
  return { id, streams: joined.map(({ streamId }) => streamId), connections: joined.map(each => each.connectionId) };
}

function leaveAll({ sessions }: Scene, session: SessionId, connections: readonly ConnectionId[]) {
  return Promise.all(connections.map(each => sessions.leave(project, session, each, 'clientDisconnected')));
}

test('a composed archive goes from started by stopped to available, each told once, and its file is the mix', async scene => {
  const { rig } = scene;
  const { id: session } = await occupied(scene);
  const { id, status } = await rig.archives.begin(project, { sessionId: session, name: 'Monday' });
  assert.is(status, 'started');
  rig.record(id, [null]);
  const stopped = await rig.archives.stop(project, id);
  assert.equal([stopped.status, stopped.reason, stopped.durationMs], ['stopped', 'user initiated', 5000]);
  const archive = await rig.until(id, 'available');
  assert.equal([archive.file, archive.bytes, archive.name], ['mixed.ogg', 1000, 'Monday']);
  assert.equal(rig.told(id), ['started', 'stopped', 'available']);
  assert.is(await code(rig.archives.stop(project, id)), 'session.archive-not-running');
});

test('an individual archive is a zip with a file for each stream, named after it, and a manifest', async scene => {
  const { rig, recordings } = scene;
  const { id: session } = await occupied(scene);
  const { id } = await rig.archives.begin(project, { sessionId: session, outputMode: 'individual', name: 'Tuesday' });
  rig.record(id, ['leg-a', 'leg-b', 'leg-a'], 'x'.repeat(200_000));
  assert.is((await rig.archives.stop(project, id)).status, 'stopped');
  const { file, bytes } = await rig.until(id, 'available');
  assert.is(file, 'archive.zip');
  const zip = recordings.recordings.fileOf(id, 'archive.zip');
  assert.is(recordings.recordings.get(id).files.at(-1)?.bytes, bytes);
  const unzip = (...args: string[]) => execFileSync('unzip', args, { maxBuffer: 10_000_000 }).toString();
  assert.match(unzip('-t', zip), /No errors detected/);
  const names = unzip('-Z1', zip).trim().split('\n');
  assert.equal(names, ['stream of leg-a.ogg', 'stream of leg-b.ogg', 'stream of leg-a-2.ogg', `${id}.json`]);
  assert.is(unzip('-p', zip, 'stream of leg-b.ogg'), 'x'.repeat(200_000));
  const manifest = JSON.parse(unzip('-p', zip, `${id}.json`)) as Record<string, unknown>;
  assert.equal([manifest.id, manifest.name, manifest.sessionId], [id, 'Tuesday', session]);
  assert.equal((manifest.files as unknown[])[1], {
    streamId: 'stream of leg-b',
    connectionId: 'connection of leg-b',
    filename: 'stream of leg-b.ogg',
    size: 200_000,
    startTimeOffset: 20,
    stopTimeOffset: 5020,
  });
});

test('a zip that cannot be written makes the archive fail, with the reason', async scene => {
  const { rig, recordings } = scene;
  const { id: session } = await occupied(scene);
  const { id } = await rig.archives.begin(project, { sessionId: session, outputMode: 'individual' });
  const files = recordings.began(id, ['leg-a']);
  recordings.onStop(id, [...files, { ...files[0]!, path: '02.ogg' }]);
  recordings.listeners.get(id)?.fileStarted({ path: '02.ogg', leg: 'leg-b', offsetMs: 0 });
  await rig.archives.stop(project, id);
  const { reason } = await rig.until(id, 'failed');
  assert.match(reason, /could not be packed: .*02\.ogg/);
  assert.not.ok(existsSync(path.join(recordings.folder, id, 'archive.zip')));
});

test('whoever asks wrongly is refused', async scene => {
  const { rig, sessions } = scene;
  const begin = (sessionId: string, by = project, multiArchiveTag?: string) =>
    code(rig.archives.begin(by, { sessionId, ...(multiArchiveTag && { multiArchiveTag }) }));
  assert.is(await begin('nothing'), 'session.unknown');
  const empty = await sessions.create(project, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
  assert.is(await begin(empty.id), 'session.no-clients');
  const relayed = await sessions.create(project, { mediaMode: 'relayed', archiveMode: 'manual', location: '' });
  sessions.join(project, relayed.id, '');
  assert.is(await begin(relayed.id), 'session.not-routed');
  const { id } = await occupied(scene);
  assert.is(await begin(id, stranger), 'session.unknown');
  assert.is(await begin(id), 'accepted');
  assert.is(await begin(id), 'session.archive-running');
  assert.is(await begin(id, project, 'a'), 'accepted');
  assert.is(await begin(id, project, 'a'), 'session.archive-running');
  assert.is(await begin(id, project, 'b'), 'accepted');
  assert.is(rig.archives.list(project, id).length, 3);
  for (const archive of rig.archives.list(project)) {
    assert.is(await code(rig.archives.stop(stranger, archive.id)), 'session.archive-unknown');
    assert.is(await code(rig.archives.delete(stranger, archive.id)), 'session.archive-unknown');
    assert.is(await code(rig.archives.delete(project, archive.id)), 'session.archive-running');
  }
  assert.equal(rig.archives.list(stranger), []);
});

test('a recorder that refuses leaves no archive behind', async scene => {
  const { rig, recordings } = scene;
  const { id: session } = await occupied(scene);
  recordings.refusal = new CrosspointError('media.too-many-recordings', '64 recordings are running already');
  assert.is(await code(rig.archives.begin(project, { sessionId: session })), 'media.too-many-recordings');
  assert.equal([rig.archives.list(project), rig.rows.size, rig.events.length], [[], 0, 0]);
  recordings.refusal = null;
  assert.is(await code(rig.archives.begin(project, { sessionId: session })), 'accepted');
});

test('an archive is paused while nobody is in its session, and stops after a minute of that', async scene => {
  const { rig, clock, sessions } = scene;
  const { id: session, connections } = await occupied(scene);
  const { id } = await rig.archives.begin(project, { sessionId: session });
  rig.record(id, [null]);
  await leaveAll(scene, session, connections);
  assert.is(rig.archives.get(project, id).status, 'paused');
  clock.advance(59_000);
  const { connectionId } = sessions.join(project, session, '');
  assert.is(rig.archives.get(project, id).status, 'started');
  await leaveAll(scene, session, [connectionId]);
  clock.advance(60_000);
  const { reason } = await rig.until(id, 'available');
  assert.is(reason, 'session ended');
  assert.equal(rig.told(id), ['started', 'paused', 'started', 'paused', 'stopped', 'available']);
});

test('in manual mode the recorder is told which streams count; in auto mode they are not chosen', async scene => {
  const { rig, recordings } = scene;
  const { id: session, streams } = await occupied(scene, 'manual', 2);
  const [first = '', second = ''] = streams;
  const { id } = await rig.archives.begin(project, { sessionId: session, streamMode: 'manual' });
  await rig.archives.setStream(project, id, first, true);
  await rig.archives.setStream(project, id, second, true);
  await rig.archives.setStream(project, id, first, false);
  assert.equal(recordings.chosen, [
    [id, `leg of ${first}`],
    [id, `leg of ${first}`, `leg of ${second}`],
    [id, `leg of ${second}`],
  ]);
  assert.equal(rig.archives.get(project, id).streams, [second]);
  assert.is(await code(rig.archives.setStream(project, id, 'nobody', true)), 'session.stream-unknown');
  const auto = await rig.archives.begin(project, { sessionId: session, multiArchiveTag: 'auto' });
  assert.is(await code(rig.archives.setStream(project, auto.id, first, true)), 'session.archive-auto');
});

test('a session that is always archived is so from its first stream on, once while it lasts', async scene => {
  const { rig, clock, sessions } = scene;
  const { id: session, connections } = await occupied(scene, 'always');
  await settled();
  const [archive] = rig.archives.list(project, session);
  assert.equal([archive?.status, archive?.outputMode], ['started', 'composed']);
  const { id = '' } = archive ?? {};
  rig.record(id, [null]);
  await rig.archives.stop(project, id);
  sessions.publish(project, session, sessions.join(project, session, '').connectionId);
  await settled();
  assert.is(rig.archives.list(project, session).length, 1);
  await leaveAll(scene, session, [...sessions.live(project, session).connections.keys(), ...connections]);
  clock.advance(1000);
  sessions.publish(project, session, sessions.join(project, session, '').connectionId);
  await settled();
  assert.is(rig.archives.list(project, session).length, 2);
});

test('after a kill an archive says what happened, and what was recorded is there', async scene => {
  const { rig, recordings } = scene;
  const { id: session } = await occupied(scene);
  const wav = Buffer.alloc(44 + 16_000);
  wav.write('RIFF');
  wav.writeUInt32LE(16_000, 28);
  wav.writeUInt32LE(16_000, 40);
  const { id } = await rig.archives.begin(project, { sessionId: session });
  recordings.began(id, [null], wav);
  recordings.cutOff(id, session, 'mixed', [{ path: 'mixed.ogg', leg: null, offsetMs: 0 }]);
  const { id: unheard } = await rig.archives.begin(project, { sessionId: session, multiArchiveTag: 'unheard' });
  const { id: zipped } = await rig.archives.begin(project, {
    sessionId: session,
    multiArchiveTag: 'zip',
    outputMode: 'individual',
  });
  recordings.began(zipped, ['leg-a'], wav);
  recordings.cutOff(zipped, session, 'individual', [{ path: '01.ogg', leg: 'leg-a', offsetMs: 0 }]);
  const before = rig.events.length;
  const after = recordings.another();
  const archives = rig.another();
  await after.start();
  await archives.start();
  const whole = await rig.until(id, 'available');
  assert.equal([whole.file, whole.durationMs], ['mixed.ogg', 1000]);
  assert.match(whole.reason, /the service ended/);
  assert.is((await rig.until(unheard, 'failed')).reason, 'the service ended while it was recording');
  assert.is((await rig.until(zipped, 'available')).file, 'archive.zip');
  assert.equal(
    rig.events
      .slice(before)
      .map(({ archive }) => archive.status)
      .sort(),
    [...['available', 'available', 'failed', 'stopped', 'stopped']],
  );
  await after.close();
});

test('an archive is expired when its files are kept no longer, told of for a time, and forgotten; a deleted one is gone', async scene => {
  const { rig, clock, recordings } = scene;
  await recordings.recordings.start();
  const { id: session } = await occupied(scene);
  const make = async () => {
    const { id } = await rig.archives.begin(project, { sessionId: session });
    rig.record(id, [null], 'x'.repeat(600_000));
    await rig.archives.stop(project, id);
    await rig.until(id, 'available');
    clock.advance(1000);
    return id;
  };
  const first = await make();
  const second = await make();
  await recordings.recordings.sweep();
  assert.equal([rig.archives.get(project, first).status, rig.told(first).at(-1)], ['expired', 'expired']);
  assert.is(rig.archives.get(project, first).file, null);
  await rig.archives.delete(project, second);
  assert.is(await code(rig.archives.stop(project, second)), 'session.archive-unknown');
  assert.not.ok(existsSync(path.join(recordings.folder, second)));
  assert.equal([...rig.rows.keys()], [first]);
  clock.advance(31 * 86_400_000);
  const third = await make();
  clock.advance(31 * 86_400_000);
  await recordings.recordings.sweep();
  assert.equal([...rig.rows.keys()], [third]);
  await recordings.recordings.close();
});

test.run();
