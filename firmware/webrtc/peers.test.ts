import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CrosspointError, isCrosspointError } from '../base/errors.ts';
import { newId } from '../base/ids.ts';
import {
  CHROMIUM_CAMERA_ALONE,
  CHROMIUM_PUBLISHES,
  CHROMIUM_SUBSCRIBES,
  CHROMIUM_WATCHES,
  CHROMIUM_WITH_CAMERA,
  FINGERPRINT,
} from './offers.samples.ts';
import { PEERS_PER_CLIENT } from './peer-book.ts';
import { credentials, nothingIsLeft, type PeersRig, settled, startPeers, WrittenSource } from './peers.fixture.ts';

const me = {
  name: 'me',
  videoType: 'camera',
  videoDimensions: { width: 640, height: 480 },
  hasAudio: true,
  hasVideo: true,
} as const;

const publish = (
  rig: PeersRig,
  token: string | null = rig.token(),
  key: string | null = null,
  offer = CHROMIUM_PUBLISHES,
) => rig.peers.publish({ session: rig.session, credentials: credentials(token, key), offer }, me);

const subscribe = (
  rig: PeersRig,
  stream: string | null,
  token: string | null = rig.token('subscriber'),
  offer = CHROMIUM_SUBSCRIBES,
) => rig.peers.subscribe({ session: rig.session, credentials: credentials(token), offer }, stream);

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => 'accepted',
    problem => problem,
  );
  return isCrosspointError(error) ? error.code : String(error);
}

test('what is published is announced once its media is secured, and heard no sooner', async () => {
  const rig = await startPeers();
  const { answer, stream } = await publish(rig);
  assert.match(answer, 'a=recvonly');
  const { opened, listener, updates } = rig.media.last;
  assert.is(opened.muted, true);
  assert.is(opened.direction, 'recvonly');
  assert.equal(opened.hears, { kind: 'session', session: rig.session });
  assert.equal(opened.security, {
    dtls: { role: 'server', fingerprints: [{ hash: 'sha-256', value: FINGERPRINT }] },
  });
  assert.equal(rig.told(), ['sessionCreated', 'connectionCreated']);
  listener.iceChanged?.({ state: 'connected', remote: { host: '192.0.2.9', port: 5000 } });
  assert.equal(rig.told(), []);
  listener.secured?.();
  listener.secured?.();
  await settled();
  assert.equal(rig.told(), ['streamCreated']);
  assert.equal(updates, [{ muted: false }]);
  assert.equal(
    rig.sessions.streams(rig.ours.id, rig.session).map(({ id, name }) => ({ id, name })),
    [{ id: stream, name: 'me' }],
  );
  await rig.peers.close();
  await nothingIsLeft(rig);
});

test('a publication that is ended takes its connection along, and its subscribers', async () => {
  const rig = await startPeers();
  const { peer, stream } = await publish(rig);
  rig.media.last.listener.secured?.();
  await subscribe(rig, stream);
  assert.equal(rig.media.last.opened.hears, { kind: 'leg', leg: rig.media.legs[0]?.id });
  rig.told();
  await peer.close('clientDisconnected');
  await settled();
  assert.equal(rig.told().sort(), [
    'connectionDestroyed clientDisconnected',
    'connectionDestroyed clientDisconnected',
    'sessionDestroyed',
    'streamDestroyed clientDisconnected',
  ]);
  await nothingIsLeft(rig);
});

test('a client with an event channel keeps its connection; when it goes, its peers go', async () => {
  const rig = await startPeers();
  const client = rig.enter();
  const { peer } = await publish(rig, null, client.key);
  rig.media.last.listener.secured?.();
  await peer.close('clientDisconnected');
  assert.equal(rig.told(), [
    'sessionCreated',
    'connectionCreated',
    'streamCreated',
    'streamDestroyed clientDisconnected',
  ]);
  await publish(rig, null, client.key);
  rig.media.last.listener.secured?.();
  await client.leave('networkDisconnected');
  assert.equal(rig.told(), [
    'streamCreated',
    'streamDestroyed networkDisconnected',
    'connectionDestroyed networkDisconnected',
    'sessionDestroyed',
  ]);
  await nothingIsLeft(rig);
});

test('a peer that never connects is gone after 20 s, whatever its path does', async () => {
  const rig = await startPeers();
  await publish(rig);
  rig.clock.advance(19_000);
  rig.media.last.listener.iceChanged?.({ state: 'connected', remote: null });
  rig.clock.advance(999);
  assert.is(rig.peers.size, 1);
  rig.clock.advance(1);
  await nothingIsLeft(rig);
  assert.equal(rig.told().slice(2), ['connectionDestroyed networkDisconnected', 'sessionDestroyed']);
});

test('one that is disconnected may come back within 30 s, and is gone after that', async () => {
  const rig = await startPeers();
  await publish(rig);
  const { listener } = rig.media.last;
  listener.secured?.();
  rig.clock.advance(3_600_000);
  listener.iceChanged?.({ state: 'disconnected', remote: null });
  rig.clock.advance(29_000);
  listener.iceChanged?.({ state: 'connected', remote: null });
  rig.clock.advance(3_600_000);
  assert.is(rig.peers.size, 1);
  listener.iceChanged?.({ state: 'disconnected', remote: null });
  rig.clock.advance(30_000);
  await nothingIsLeft(rig);
  assert.ok(rig.told().includes('streamDestroyed networkDisconnected'));
});

test('a client that ends its connection in order, and says nothing over HTTP, has left at once', async () => {
  const rig = await startPeers();
  await publish(rig);
  const { listener } = rig.media.last;
  listener.secured?.();
  listener.dtlsClosed?.();
  await nothingIsLeft(rig);
  assert.ok(rig.told().includes('streamDestroyed clientDisconnected'));
});

test('a lost worker ends the peers of its legs', async () => {
  const rig = await startPeers();
  await publish(rig);
  rig.media.last.listener.lost?.({ code: 'media.worker-lost', message: 'the media worker ended' });
  await nothingIsLeft(rig);
});

test('a mute of the moderator reaches the media, and one that publishes into a muted session stays silent', async () => {
  const rig = await startPeers();
  const { stream } = await publish(rig);
  rig.media.last.listener.secured?.();
  rig.sessions.muteStream(rig.ours.id, rig.session, stream ?? '');
  assert.equal(rig.media.last.updates, [{ muted: false }, { muted: true }]);
  rig.sessions.muteAll(rig.ours.id, rig.session, new Set());
  await publish(rig);
  rig.media.last.listener.secured?.();
  assert.equal(rig.media.last.updates, []);
  await rig.peers.close();
});

test('a stream that a moderator ends loses its media and its connection', async () => {
  const rig = await startPeers();
  const { stream } = await publish(rig);
  rig.media.last.listener.secured?.();
  await rig.clients.forceUnpublish(rig.sessions.get(rig.ours.id, rig.session), stream ?? '');
  assert.ok(rig.told().includes('streamDestroyed forceUnpublished'));
  await nothingIsLeft(rig);
});

test('a phone is heard decoded until it speaks Opus alone, and its end ends the subscription', async () => {
  const rig = await startPeers();
  const phone = new WrittenSource();
  rig.phones.set('phone', phone);
  const { answer } = await subscribe(rig, 'phone');
  assert.match(answer, /a=sendonly.*a=msid:phone phone-audio\r\na=ssrc:4711 /s);
  const { opened, updates } = rig.media.last;
  const { session } = rig;
  assert.equal(opened.hears, { kind: 'session', session, only: [phone.leg] });
  const watcher = [...phone.watchers][0];
  watcher?.changed();
  assert.equal(updates, []);
  phone.receivesOpus = true;
  watcher?.changed();
  phone.leg = newId();
  watcher?.changed();
  assert.equal(
    updates.map(({ hears }) => hears?.kind),
    ['leg', 'leg'],
  );
  watcher?.ended();
  await nothingIsLeft(rig);
  assert.is(phone.watchers.size, 0);
});

test('a camera is sent on to who subscribes with a picture, under numbers of its own, and only while he wants it', async () => {
  const rig = await startPeers();
  const { stream } = await publish(rig, rig.token(), null, CHROMIUM_WITH_CAMERA);
  const camera = rig.media.last;
  assert.equal(camera.opened.receiveVideo, {
    codecs: [{ name: 'VP8', payloadType: 96, retransmissionPayloadType: 97 }],
    maxBitrate: 2_500_000,
    transportSequenceExtension: 4,
  });
  camera.listener.secured?.();
  const [seen] = rig.sessions.streams(rig.ours.id, rig.session);
  assert.equal(
    [seen?.hasAudio, seen?.hasVideo, seen?.videoType, seen?.videoDimensions?.width],
    [true, true, 'camera', 640],
  );
  const token = rig.token('subscriber');
  const { answer, peer } = await subscribe(rig, stream, token, CHROMIUM_WATCHES);
  const { sees, sendVideo, hears } = rig.media.last.opened;
  assert.is(sees, camera.id);
  assert.equal(hears, { kind: 'leg', leg: camera.id });
  assert.equal(sendVideo?.codec, { name: 'VP8', payloadType: 96, retransmissionPayloadType: 97 });
  assert.is(sendVideo?.absoluteSendTimeExtension, 2);
  assert.match(answer, `a=ssrc-group:FID ${sendVideo?.ssrc} ${sendVideo?.retransmissionSsrc}\r\n`);
  const viewer = rig.media.last;
  const mine = credentials(token);
  for (const on of [true, false, false, true]) await rig.peers.wish(rig.session, peer.id, mine, { video: on });
  assert.equal(
    viewer.updates.map(update => update.sees),
    [null, camera.id],
  );
  assert.is(
    await refusal(rig.peers.wish(rig.session, peer.id, credentials('other'), { video: false })),
    'session.peer-foreign',
  );
  await subscribe(rig, stream);
  assert.is(rig.media.last.opened.sees, undefined);
  assert.is(rig.media.last.opened.sendVideo, undefined);
  await rig.peers.close();
  await nothingIsLeft(rig);
});

test('a camera alone is in no mix, and nobody can only listen to it', async () => {
  const rig = await startPeers();
  const { stream } = await publish(rig, rig.token(), null, CHROMIUM_CAMERA_ALONE);
  const { opened, listener } = rig.media.last;
  assert.equal([opened.hears, opened.receive], [undefined, undefined]);
  listener.secured?.();
  assert.is(rig.sessions.streams(rig.ours.id, rig.session)[0]?.hasAudio, false);
  assert.is(await refusal(subscribe(rig, stream)), 'sdp.no-common-codec');
  await subscribe(rig, stream, rig.token('subscriber'), CHROMIUM_WATCHES);
  const viewer = rig.media.last.opened;
  assert.equal([viewer.hears, viewer.send, viewer.sees], [undefined, undefined, rig.media.legs[0]?.id]);
  await rig.peers.close();
  await nothingIsLeft(rig);
});

test('without a stream the mix of the session is received', async () => {
  const rig = await startPeers();
  await subscribe(rig, null);
  assert.equal(rig.media.last.opened.hears, { kind: 'session', session: rig.session });
  assert.is(rig.media.last.opened.direction, 'sendonly');
  await rig.peers.close();
  await nothingIsLeft(rig);
});

test('nobody enters the session whose request is refused', async () => {
  const rig = await startPeers();
  const { token, session } = rig;
  const offer = CHROMIUM_PUBLISHES;
  const ask = (change: object) =>
    refusal(rig.peers.publish({ session, credentials: credentials(token()), offer, ...change }, me));
  const other = await rig.sessions.create(rig.ours.id, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
  assert.is(await ask({ credentials: credentials(null) }), 'http.token-missing');
  assert.is(await ask({ credentials: credentials('nonsense') }), 'http.token-refused');
  assert.is(await ask({ credentials: credentials(token('publisher', other.id)) }), 'http.token-refused');
  assert.is(await ask({ credentials: credentials(token(), 'no-key') }), 'session.client-unknown');
  assert.is(await ask({ credentials: credentials(token('subscriber')) }), 'session.may-not-publish');
  assert.is(await ask({ offer: 'v=1' }), 'sdp.malformed');
  assert.is(await ask({ session: 'nowhere' }), 'session.unknown');
  assert.is(await refusal(subscribe(rig, null, token('publisheronly'))), 'session.may-not-subscribe');
  assert.is(await refusal(subscribe(rig, 'no-such-stream')), 'session.stream-unknown');
  const { stream } = await publish(rig);
  assert.is(await refusal(subscribe(rig, stream)), 'session.stream-unknown');
  await rig.peers.close();
  rig.told();
  rig.clock.advance(61_000);
  assert.is(await ask({}), 'accepted');
  await rig.peers.close();
  await nothingIsLeft(rig);
});

test('a leg that cannot be opened leaves nothing behind', async () => {
  const rig = await startPeers();
  rig.media.failure = new CrosspointError('media.overloaded', 'the loop is late', { retriable: true });
  assert.is(await refusal(publish(rig)), 'media.overloaded');
  await nothingIsLeft(rig);
});

test('a client that leaves while its leg is being opened leaves nothing behind', async () => {
  const rig = await startPeers();
  const client = rig.enter();
  const opening = refusal(publish(rig, null, client.key));
  await client.leave('clientDisconnected');
  assert.is(await opening, 'session.peer-closed');
  await nothingIsLeft(rig);
});

test('peers are bounded: of a client, of a session, of the box', async () => {
  const rig = await startPeers({ perSession: 2, inAll: 100 });
  await publish(rig);
  const { peer } = await publish(rig);
  assert.is(await refusal(publish(rig)), 'session.too-many-peers');
  await peer.close('clientDisconnected');
  assert.is(await refusal(publish(rig)), 'accepted');
  await rig.peers.close();
  const large = await startPeers({ perSession: 1000, inAll: 1000 });
  const client = large.enter();
  for (let peers = 0; peers < PEERS_PER_CLIENT; peers++) await publish(large, null, client.key);
  assert.is(await refusal(publish(large, null, client.key)), 'session.too-many-peers');
  assert.is(await refusal(publish(large)), 'accepted');
  await large.peers.close();
  const small = await startPeers({ perSession: 10, inAll: 1 });
  await publish(small);
  assert.is(await refusal(publish(small)), 'session.too-many-peers');
  await small.peers.close();
});

test("a resource is only its owner's: the same token, or the key of the event channel", async () => {
  const rig = await startPeers();
  const { peers, session } = rig;
  const token = rig.token();
  const { peer } = await publish(rig, token);
  const client = rig.enter();
  const keyed = await publish(rig, token, client.key);
  const get = async (...args: Parameters<typeof peers.get>) => peers.get(...args);
  assert.is(peers.get(session, 'publisher', peer.id, credentials(token)), peer);
  assert.is(peers.get(session, 'publisher', keyed.peer.id, credentials(null, client.key)), keyed.peer);
  const refused: [...Parameters<typeof peers.get>, string][] = [
    [session, 'publisher', peer.id, credentials(null), 'http.token-missing'],
    [session, 'publisher', peer.id, credentials(rig.token('moderator')), 'session.peer-foreign'],
    [session, 'publisher', keyed.peer.id, credentials(token), 'session.peer-foreign'],
    [session, 'subscriber', peer.id, credentials(token), 'session.peer-unknown'],
    ['elsewhere', 'publisher', peer.id, credentials(token), 'session.peer-unknown'],
    [session, 'publisher', 'nobody', credentials(token), 'session.peer-unknown'],
  ];
  for (const [where, role, id, who, code] of refused) assert.is(await refusal(get(where, role, id, who)), code);
  await peers.close();
});

test('ICE restarts with new credentials of both, as often as asked for', async () => {
  const rig = await startPeers();
  const { peer } = await publish(rig);
  const tag = peer.entityTag;
  const theirs = { ufrag: 'Next', password: 'anotherPasswordOfTheClient' };
  assert.ok(peer.isRestart(theirs));
  const [first, second] = await Promise.all([peer.restart(theirs), peer.restart({ ...theirs, ufrag: 'Third' })]);
  assert.match(first, 'a=ice-ufrag:ours1');
  assert.match(second, 'a=ice-ufrag:ours2');
  assert.is.not(peer.entityTag, tag);
  assert.not.ok(peer.isRestart({ ...theirs, ufrag: 'Third' }));
  await peer.close('clientDisconnected');
  assert.is(await refusal(peer.restart(theirs)), 'session.peer-closed');
});

test('publications that come and go leave nothing behind with their client', async () => {
  const rig = await startPeers();
  const client = rig.enter();
  for (let times = 0; times < 3; times++) {
    const { peer } = await publish(rig, null, client.key);
    rig.media.last.listener.secured?.();
    await peer.close('clientDisconnected');
  }
  assert.is(rig.media.open, 0);
  assert.is(rig.clock.pendingTimers, 0);
  await client.leave('clientDisconnected');
  await nothingIsLeft(rig);
});

test.run();
