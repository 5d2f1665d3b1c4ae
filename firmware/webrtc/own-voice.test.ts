import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mediaFigures } from '../quality/call-media.ts';
import { figures } from '../quality/quality.samples.ts';
import { CHROMIUM_PUBLISHES, CHROMIUM_SUBSCRIBES } from './offers.samples.ts';
import { credentials, nothingIsLeft, type PeersRig, settled, startPeers } from './peers.fixture.ts';

const publish = (rig: PeersRig, token: string | null = rig.token(), key: string | null = null) =>
  rig.peers.publish(
    { session: rig.session, credentials: credentials(token, key), offer: CHROMIUM_PUBLISHES },
    { name: 'me', videoType: 'camera', videoDimensions: null, hasAudio: true, hasVideo: true },
  );

test('the mix has all but what the client publishes itself, whatever comes first', async () => {
  const rig = await startPeers();
  const { key } = rig.enter();
  const mine = () => publish(rig, rig.token(), key);
  const hearsMix = () =>
    rig.peers.subscribe(
      { session: rig.session, credentials: credentials(rig.token(), key), offer: CHROMIUM_SUBSCRIBES },
      null,
    );
  const mix = (except: string[]) => ({ kind: 'session', session: rig.session, ...(except.length > 0 && { except }) });
  const first = await mine();
  const one = rig.media.last;
  await hearsMix();
  const before = rig.media.last;
  assert.equal(before.opened.hears, mix([]), 'it is not heard yet');
  one.listener.secured?.();
  await settled();
  assert.equal(before.updates, [{ hears: mix([one.id]) }]);

  // Somebody else is heard.
  await publish(rig);
  rig.media.last.listener.secured?.();
  await settled();
  assert.is(before.updates.length, 1);

  await hearsMix();
  assert.equal(rig.media.last.opened.hears, mix([one.id]));
  await mine();
  const two = rig.media.last;
  two.listener.secured?.();
  await settled();
  assert.equal(before.updates.at(-1), { hears: mix([one.id, two.id]) });
  await first.peer.close('clientDisconnected');
  await settled();
  assert.equal(before.updates.at(-1), { hears: mix([two.id]) });
  await rig.peers.close();
  await rig.clients.close();
  await nothingIsLeft(rig);
});

test('a key that a client presses is passed on once it may be heard, and not while it is muted', async () => {
  const rig = await startPeers();
  const { stream, peer } = await publish(rig);
  const { listener } = rig.media.last;
  const press = (digit: string) => listener.digit?.({ digit, durationMs: 100, source: 'rfc4733' });
  press('1');
  listener.secured?.();
  press('2');
  rig.sessions.muteStream(rig.ours.id, rig.session, String(stream));
  press('3');
  const { connection } = peer.client;
  await rig.peers.close();
  press('4');
  assert.equal(rig.pressed, [`2 of ${connection}`]);
  await nothingIsLeft(rig);
});

test('a flood of keys is bounded, and whoever dials fast by program is not slowed down', async () => {
  const rig = await startPeers();
  await publish(rig);
  const { listener } = rig.media.last;
  listener.secured?.();
  const press = () => listener.digit?.({ digit: '1', durationMs: 40, source: 'rfc4733' });
  for (let i = 0; i < 10_000; i++) press();
  assert.is(rig.pressed.length, 64);
  for (let second = 0; second < 60; second++) {
    rig.clock.advance(1_000);
    for (let i = 0; i < 14; i++) press();
  }
  assert.is(rig.pressed.length, 64 + 60 * 14);
  await rig.peers.close();
  await nothingIsLeft(rig);
});

test('a stream has the figures of its last interval, as that of a phone', async () => {
  const rig = await startPeers();
  const { stream, peer } = await publish(rig);
  const { id, listener } = rig.media.last;
  const measure = () => rig.peers.measured(new Map([[id, { leg: id, interval: figures, call: figures }]]));
  measure();
  listener.secured?.();
  const quality = () => rig.clients.stream(peer.client.session, String(stream)).owner?.quality?.();
  assert.is(quality(), null, 'nothing was measured since it is there');
  measure();
  assert.equal(quality(), mediaFigures(figures));
  await rig.peers.close();
  await nothingIsLeft(rig);
});

test.run();
