import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ConnectionId, ProjectId, SessionId, StreamId } from '../../base/ids.ts';
import { newArchive } from '../../sessions/archives/new-archive.ts';
import type { SessionEvent } from '../../sessions/events.ts';
import { startBox } from '../box.fixture.ts';
import { project } from '../events.fixture.ts';
import { Receiver } from '../receiver.fixture.ts';

interface Scene {
  folder: string;
  receiver: Receiver;
}

const test = suite<Scene>('registered callbacks');
test.before.each(async scene => {
  scene.folder = mkdtempSync(path.join(tmpdir(), 'callbacks-'));
  scene.receiver = await new Receiver().start();
});
test.after.each(async ({ folder, receiver }) => {
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

const session = '2_s' as SessionId;
const about = { time: 2000, project, session };
const connection = { id: 'conn' as ConnectionId, createdAt: 1000, data: '' };
const stream = { id: 'stream' as StreamId, createdAt: 1000, name: '' };

const created = (of: ProjectId = project): SessionEvent => ({
  ...about,
  project: of,
  type: 'connectionCreated',
  connection,
});
const start = ({ folder }: Scene) => startBox(path.join(folder, 'box.db'), { [project]: {}, '46000002': {} });

test('each is told of its own event in its own project, and of no other', async scene => {
  const { receiver } = scene;
  const box = await start(scene);
  for (const [group, event] of [
    ['connection', 'created'],
    ['stream', 'destroyed'],
    ['archive', 'status'],
  ] as const)
    await box.monitoring.callbacks.register(project, { group, event, url: `${receiver.url}/${group}` });
  const { recorder } = box.monitoring;
  await recorder.record(created('46000002' as ProjectId));
  await recorder.record(created());
  await recorder.record({ ...about, type: 'streamCreated', connection, stream });
  await recorder.record({ ...about, type: 'streamDestroyed', connection, stream, reason: 'mediaStopped' });
  await recorder.record({ ...about, type: 'connectionDestroyed', connection, reason: 'clientDisconnected' });
  const archive = newArchive({ sessionId: session, name: 'n' }, { id: session, project }, 1000);
  await recorder.record({
    ...about,
    type: 'archiveStatus',
    archive: { ...archive, status: 'available', file: 'mixed.ogg' },
  });
  await receiver.until(received => received.length >= 3);
  await box.close();
  assert.equal(
    receiver.received.map(({ body }) => body.event),
    ['connectionCreated', 'streamDestroyed', 'archive'],
  );
  const told = receiver.received[2]?.body;
  assert.equal([told?.id, told?.status, told?.sessionId, told?.partnerId], [archive.id, 'available', session, project]);
  assert.is(told?.url, null);
});

test('what is registered outlives a restart; what is deleted does not, and what waited for it is dropped and counted', async scene => {
  const { receiver } = scene;
  receiver.answer = (_request, response) => response.writeHead(500).end();
  const before = await start(scene);
  const kept = await before.monitoring.callbacks.register(project, {
    group: 'connection',
    event: 'created',
    url: `${receiver.url}/kept`,
  });
  const gone = await before.monitoring.callbacks.register(project, { ...kept, url: `${receiver.url}/gone` });
  for (let i = 0; i < 3; i++) await before.monitoring.recorder.record(created());
  await receiver.until(received => received.length >= 2);
  await before.monitoring.callbacks.delete(project, gone.id);
  assert.is(before.monitoring.stats().dropped, 3);
  assert.equal(before.monitoring.callbacks.list(project), [kept]);
  await before.close();
  receiver.received.length = 0;
  receiver.answer = (_request, response) => response.writeHead(200).end();
  const after = await start(scene);
  assert.equal(after.monitoring.callbacks.list(project), [kept]);
  await receiver.until(received => received.length >= 3);
  assert.equal(new Set(receiver.received.map(({ headers }) => headers['x-crosspoint-event-id'])).size, 3);
  await after.close();
  assert.is(receiver.received.length, 3);
});

test('a callback of a project that is configured no more is forgotten', async scene => {
  const before = await start(scene);
  await before.monitoring.callbacks.register('46000002' as ProjectId, {
    group: 'stream',
    event: 'created',
    url: scene.receiver.url,
  });
  await before.close();
  const file = path.join(scene.folder, 'box.db');
  const between = await startBox(file, { [project]: {} });
  await between.close();
  const after = await start(scene);
  assert.equal(after.monitoring.callbacks.list('46000002' as ProjectId), []);
  await after.close();
});

test.run();
