import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CrosspointError } from '../../base/errors.ts';
import type { ProjectId, SessionId } from '../../base/ids.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import { RecordingsRig } from './recordings.fixture.ts';

const project = '46000001' as ProjectId;
const session = 'a-session' as SessionId;
const asked = { project, session, mode: 'mixed', format: 'ogg' } as const;
const DAY_MS = 86_400_000;

const test = suite<{ rig: RecordingsRig; clock: ManualClock }>('recordings');
test.before.each(context => {
  context.clock = new ManualClock();
  context.rig = new RecordingsRig(context.clock);
});
test.after.each(({ rig }) => rig.close());

const ended = (files: readonly object[], more: object = {}) =>
  ({ reason: 'stopped', error: null, durationMs: 5000, notRecorded: 0, files, ...more }) as never;

const settled = () => new Promise(resolve => setImmediate(resolve));

async function code(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'accepted',
    error => (error as CrosspointError).code,
  );
}

test('a recording goes from starting by started to stopped, in the store and in events', async ({ rig }) => {
  const { id, status } = await rig.recordings.begin(asked);
  assert.is(status, 'starting');
  assert.is(rig.rows.get(id)?.status, 'starting');
  const files = rig.began(id, [null]);
  assert.equal([rig.rows.get(id)?.status, rig.recordings.get(id).files.length], ['started', 1]);
  const stopping = rig.recordings.stop(id);
  await settled();
  assert.equal(rig.stopped, [id]);
  rig.listeners.get(id)?.ended(ended(files));
  const record = await stopping;
  assert.equal(
    [record.status, record.durationMs, record.files[0]],
    [
      'stopped',
      5000,
      {
        name: 'mixed.ogg',
        connectionId: null,
        streamId: null,
        offsetMs: 0,
        durationMs: 5000,
        bytes: 1000,
        missedMs: 0,
      },
    ],
  );
  assert.equal(rig.rows.get(id), record);
  assert.equal(
    rig.events.map(({ type }) => type),
    ['recordingStarted', 'recordingStopped'],
  );
});

test('files of individual streams say whose they are', async ({ rig }) => {
  const { id } = await rig.recordings.begin({ ...asked, mode: 'individual' });
  rig.began(id, ['leg-a', 'leg-b']);
  assert.equal(
    rig.recordings.get(id).files.map(({ name, connectionId, streamId }) => [name, connectionId, streamId]),
    [
      ['01.ogg', 'connection of leg-a', 'stream of leg-a'],
      ['02.ogg', 'connection of leg-b', 'stream of leg-b'],
    ],
  );
});

test('a session is recorded once at a time', async ({ rig }) => {
  const { id } = await rig.recordings.begin(asked);
  assert.is(await code(rig.recordings.begin(asked)), 'session.recording-running');
  rig.listeners.get(id)?.ended(ended([]));
  await settled();
  assert.is(await code(rig.recordings.begin(asked)), 'accepted');
});

test('what the worker refuses, and what fails in its midst, is a failed recording with its reason', async ({ rig }) => {
  rig.refusal = new CrosspointError('media.too-many-recordings', '64 are running already');
  assert.is(await code(rig.recordings.begin(asked)), 'media.too-many-recordings');
  const [refused] = rig.recordings.list();
  assert.equal([refused?.status, refused?.error?.code], ['failed', 'media.too-many-recordings']);
  rig.refusal = null;
  const { id } = await rig.recordings.begin(asked);
  const files = rig.began(id, [null]);
  rig.listeners.get(id)?.ended(ended(files, { reason: 'failed', error: { code: 'media.disk-full', message: 'full' } }));
  await settled();
  const record = rig.recordings.get(id);
  assert.equal(
    [record.status, record.error, record.files[0]?.bytes],
    ['failed', { code: 'media.disk-full', message: 'full' }, 1000],
  );
  assert.is(rig.events.at(-1)?.type, 'recordingFailed');
});

test('after a restart, and after a death of the worker, a recording is interrupted and says what can be played', async ({
  rig,
}) => {
  const { id } = await rig.recordings.begin(asked);
  // A second of WAV.
  const wav = Buffer.alloc(44 + 16_000);
  wav.write('RIFF');
  wav.writeUInt32LE(16_000, 28);
  wav.writeUInt32LE(16_000, 40);
  rig.began(id, [null], wav);
  rig.cutOff(id, session, 'mixed', [{ path: 'mixed.ogg', leg: null, offsetMs: 250 }]);
  const after = rig.another();
  await after.start();
  const record = after.get(id);
  assert.equal(
    [record.status, record.error?.code, record.durationMs, record.files[0]?.durationMs, record.files[0]?.bytes],
    ['interrupted', 'session.recording-interrupted', 1250, 1000, wav.length],
  );
  assert.is(rig.rows.get(id)?.status, 'interrupted');
  const second = await after.begin(asked);
  rig.began(second.id, [null]);
  rig.listeners.get(second.id)?.ended(null);
  await after.stop(second.id);
  assert.is(after.get(second.id).status, 'interrupted');
  await after.close();
});

test('a recording ends a minute after its session has emptied, unless somebody comes back, and when it is too long', async ({
  rig,
  clock,
}) => {
  const { id } = await rig.recordings.begin(asked);
  const event = (type: 'sessionCreated' | 'sessionDestroyed') =>
    rig.recordings.sessionEvent({ type, time: 0, project, session });
  event('sessionDestroyed');
  clock.advance(59_000);
  event('sessionCreated');
  clock.advance(59_000);
  assert.equal(rig.stopped, []);
  event('sessionDestroyed');
  clock.advance(60_000);
  assert.equal(rig.stopped, [id]);
  clock.advance(3_600_000);
  assert.equal(rig.stopped, [id, id]);
});

test('what is too old, and what is too much, is deleted with its files; what runs is not', async ({ rig, clock }) => {
  await rig.recordings.start();
  const record = async (bytes: number) => {
    const { id } = await rig.recordings.begin(asked);
    const files = rig.began(id, [null], 'x'.repeat(bytes));
    rig.listeners.get(id)?.ended(ended(files));
    await rig.recordings.stop(id);
    clock.advance(1000);
    return id;
  };
  const first = await record(600_000);
  const second = await record(500_000);
  await rig.recordings.sweep();
  assert.equal([existsSync(path.join(rig.folder, first)), existsSync(path.join(rig.folder, second))], [false, true]);
  assert.equal(
    rig.recordings.list().map(({ id }) => id),
    [second],
  );
  const running = await rig.recordings.begin(asked);
  rig.began(running.id, [null]);
  clock.advance(31 * DAY_MS);
  await rig.recordings.sweep();
  assert.equal([...rig.rows.keys()], [running.id]);
  assert.is(existsSync(path.join(rig.folder, second)), false);
  assert.is(await code(rig.recordings.delete(running.id)), 'session.recording-running');
});

test('no name leads out of the folder', ({ rig }) => {
  mkdirSync(path.join(rig.folder, 'x'));
  for (const name of ['../secret', 'recording.json', '..', 'mixed.ogg/..', '/etc/passwd'])
    assert.throws(() => rig.recordings.fileOf('x', name), /no such recording/i);
});

test.run();
