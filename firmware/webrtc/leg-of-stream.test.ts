import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SessionId, StreamId } from '../base/ids.ts';
import { CHROMIUM_PUBLISHES } from './offers.samples.ts';
import { credentials, nothingIsLeft, settled, startPeers } from './peers.fixture.ts';

test('the leg of a stream is known from the moment in which everybody is told of it, until it ends', async () => {
  const rig = await startPeers();
  const onlooker = rig.enter();
  const told: unknown[] = [];
  onlooker.listen(notice => {
    if (notice.type === 'streamCreated') told.push(rig.peers.legOf(rig.session, notice.stream.id));
  });
  const { stream, peer } = await rig.peers.publish(
    { session: rig.session, credentials: credentials(rig.token()), offer: CHROMIUM_PUBLISHES },
    { name: '', videoType: 'camera', videoDimensions: null, hasAudio: true, hasVideo: true },
  );
  const id = stream as StreamId;
  const { id: leg, listener } = rig.media.last;
  listener.secured?.();
  await settled();
  assert.equal(told, [leg]);
  assert.is(rig.peers.legOf(rig.session, id), leg);
  assert.is(rig.peers.legOf('another session' as SessionId, id), null);
  assert.is(rig.peers.legOf(rig.session, 'nobody’s' as StreamId), null);
  await peer.close('clientDisconnected');
  assert.is(rig.peers.legOf(rig.session, id), null);
  await rig.peers.close();
  await rig.clients.close();
  await nothingIsLeft(rig);
});

test.run();
