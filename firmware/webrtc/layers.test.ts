import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CHROMIUM_LAYERS, CHROMIUM_WATCHES } from './offers.samples.ts';
import { credentials, type PeersRig, settled, startPeers } from './peers.fixture.ts';

const ME = { name: '', videoType: 'camera', videoDimensions: null, hasAudio: true, hasVideo: true } as const;

const publish = ({ peers, session, token }: PeersRig) =>
  peers.publish({ session, credentials: credentials(token()), offer: CHROMIUM_LAYERS }, ME);

test('the layers of a camera are named to the worker', async () => {
  const rig = await startPeers();
  await publish(rig);
  assert.equal(rig.media.last.opened.receiveVideo?.simulcast, {
    rids: ['l0', 'l1', 'l2'],
    ridExtension: 10,
    repairedRidExtension: 11,
  });
  await rig.peers.close();
  await settled();
  assert.is(rig.media.open, 0);
});

test('the size that a subscriber prefers is told to the worker, once for equal ones, beside whose picture it is', async () => {
  const rig = await startPeers();
  const { stream } = await publish(rig);
  const camera = rig.media.last;
  camera.listener.secured?.();
  const token = rig.token('subscriber');
  const { peer } = await rig.peers.subscribe(
    { session: rig.session, credentials: credentials(token), offer: CHROMIUM_WATCHES },
    stream,
  );
  const viewer = rig.media.last;
  assert.is(viewer.opened.seesSize, undefined);
  const small = { width: 160, height: 120 };
  for (const wish of [
    { preferredResolution: small },
    { preferredResolution: small },
    { video: false },
    { video: true, preferredResolution: null },
  ])
    await rig.peers.wish(rig.session, peer.id, credentials(token), wish);
  assert.equal(
    viewer.updates.map(({ sees, seesSize }) => [sees, seesSize]),
    [
      [camera.id, small],
      [null, small],
      [camera.id, null],
    ],
  );
  await rig.peers.close();
  await settled();
  assert.is(rig.media.open, 0);
});

test.run();
