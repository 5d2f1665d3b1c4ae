import { ArchiveOutputMode, LayoutType, StreamMode, type Video } from '@vonage/video';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ApplicationsRig, startWithApplications } from '../testing/applications-rig.ts';
import { refusalOf } from '../testing/vonage-sdk.ts';

/** Archives by the official SDK of Vonage, unmodified, against the API over HTTP. */
const test = suite<ApplicationsRig>('archives by @vonage/video');

test.before(async context => {
  Object.assign(context, await startWithApplications());
});
test.after(({ close }) => close());

/** A session in which a phone speaks. */
async function occupied({ video }: { video: Video }): Promise<{ session: string; stream: string }> {
  const { sessionId: session } = await video.createSession();
  const token = video.generateClientToken(session);
  const { streamId } = await video.initiateSIPCall(session, { token, sip: { uri: 'sip:bob@127.0.0.1:5070' } });
  return { session, stream: streamId };
}

test('starts, stops, gets, fetches, finds and deletes an archive', async rig => {
  const { video, app, archives } = rig;
  const { session } = await occupied(rig);
  const started = await video.startArchive(session, {
    name: 'Monday',
    outputMode: ArchiveOutputMode.COMPOSED,
    layout: { type: LayoutType.BEST_FIT, screenshareType: 'pip' },
    maxBitrate: 2_000_000,
  });
  const { id, status, projectId, sessionId, hasVideo, name } = started;
  assert.equal([status, projectId, sessionId, hasVideo, name], ['started', app.project.id, session, false, 'Monday']);
  await video.updateArchiveLayout(id, { type: LayoutType.PIP });
  archives.record(id, [null], '0123456789');
  assert.is((await video.stopArchive(id)).status, 'stopped');
  await archives.until(id, 'available');
  const { url, size, duration, reason } = await video.getArchive(id);
  assert.equal([size, duration, reason], [10, 5, 'user initiated']);
  assert.is(await (await fetch(String(url))).text(), '0123456789');
  const found = await video.searchArchives({ sessionId: session, count: 10, offset: 0 });
  assert.equal([found.count, found.items.map(item => item.id)], [1, [id]]);
  assert.is((await video.searchArchives()).count, 1);
  await video.deleteArchive(id);
  assert.is(await refusalOf(video.getArchive(id)), '404: There is no such archive in the project');
});

test('chooses the streams of an archive in manual mode', async rig => {
  const { video, recordings } = rig;
  const { session, stream } = await occupied(rig);
  const { id } = await video.startArchive(session, { streamMode: StreamMode.MANUAL });
  await video.addArchiveStream(id, stream);
  assert.equal((await video.getArchive(id)).streams as unknown, [
    { streamId: stream, hasAudio: true, hasVideo: false },
  ]);
  await video.removeArchiveStream(id, stream);
  assert.equal(recordings.chosen, [[id, `leg of ${stream}`], [id]]);
  assert.is(await refusalOf(video.addArchiveStream(id, 'nobody')), '404: There is no such stream in the session');
});

test('is told why not', async rig => {
  const { video, otherVideo } = rig;
  const { session, stream } = await occupied(rig);
  const { sessionId: empty } = await video.createSession();
  assert.is(await refusalOf(video.startArchive(empty)), '404: Nobody is in the session');
  assert.match(await refusalOf(video.startArchive(session, { hasAudio: false })), /^400: .*nothing but sound/);
  const transcribed = { hasTranscription: true, transcriptionProperties: { primaryLanguageCode: 'en-US' } } as const;
  assert.match(await refusalOf(video.startArchive(session, transcribed)), /^501: .*[Tt]ranscri/);
  const { id } = await video.startArchive(session);
  assert.match(await refusalOf(video.startArchive(session)), /^409: .*being archived already/);
  assert.match(await refusalOf(video.addArchiveStream(id, stream)), /^405: /);
  assert.match(await refusalOf(video.deleteArchive(id)), /^409: /);
  for (const refused of [otherVideo.getArchive(id), otherVideo.stopArchive(id), otherVideo.deleteArchive(id)])
    assert.is(await refusalOf(refused), '404: There is no such archive in the project');
  assert.is((await otherVideo.searchArchives()).count, 0);
});

test.run();
