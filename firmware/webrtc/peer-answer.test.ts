import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VIDEO_CODECS } from '../../pipelines/codecs/video-codecs.ts';
import { isCrosspointError } from '../base/errors.ts';
import { parseDescription } from '../sdp/parse-description.ts';
import { acceptedMedia } from './accepted-media.ts';
import { agreeToPublish, agreeToSubscribe } from './agreed-media.ts';
import { SEND_TIME, TRANSPORT_SEQUENCE } from './header-extensions.ts';
import {
  CHROMIUM_CAMERA_ALONE,
  CHROMIUM_CAMERA_FIRST,
  CHROMIUM_LAYERS,
  CHROMIUM_PUBLISHES,
  CHROMIUM_SUBSCRIBES,
  CHROMIUM_WATCHES,
  CHROMIUM_WITH_CAMERA,
  FINGERPRINT,
  FIREFOX,
  GSTREAMER,
} from './offers.samples.ts';
import { makePeerAnswer, type OurPeer } from './peer-answer.ts';
import { type PeerRole, readPeerOffer } from './peer-offer.ts';

const OURS: OurPeer = {
  candidates: [
    { transport: 'udp', host: '192.0.2.1', port: 3480 },
    { transport: 'udp', host: '2001:db8::1', port: 3480 },
    { transport: 'tcp', host: '192.0.2.1', port: 3481 },
  ],
  credentials: { ufrag: 'ourUfrag', password: 'ourPasswordOfTwentyTwoChars' },
  fingerprint: { hash: 'sha-256', value: Array(32).fill('0A').join(':') },
  sessionId: '123456789',
  sends: null,
};

const read = (offer: string, role: PeerRole = 'publisher', video = VIDEO_CODECS) =>
  readPeerOffer(offer, role, acceptedMedia(video));

function answerTo(text: string, change: Partial<OurPeer> = {}, video = VIDEO_CODECS): string {
  const offer = read(text, 'publisher', video);
  return makePeerAnswer(offer, agreeToPublish(offer), 'publisher', { ...OURS, ...change });
}

/** To who subscribes to a stream of sound, with a picture in that codec or none. */
function answerToViewer(text: string, codec: string | null = null, hasAudio = true): string {
  const offer = read(text, 'subscriber');
  const video = VIDEO_CODECS.find(({ name }) => name === codec) ?? null;
  const sends = { stream: 'abc-1', audio: 4711, video: { ssrc: 4712, retransmissionSsrc: 4713 } };
  const agreed = agreeToSubscribe(offer, { hasAudio, video });
  return makePeerAnswer(offer, agreed, 'subscriber', { ...OURS, sends });
}

const linesOf = (answer: string) => parseDescription(answer).media.map(({ kind, port }) => `${kind} ${port}`);

const has = (answer: string, ...lines: string[]) => {
  for (const line of lines) assert.ok(answer.split('\r\n').includes(line), `${line} in\n${answer}`);
};

test('Chromium that publishes is answered completely: ICE-lite, one transport, passive, Opus that we receive', () => {
  assert.is(
    answerTo(CHROMIUM_PUBLISHES),
    [
      'v=0',
      'o=- 123456789 1 IN IP4 127.0.0.1',
      's=-',
      't=0 0',
      'a=ice-lite',
      'a=ice-options:trickle ice2',
      'a=group:BUNDLE 0',
      'm=audio 3480 UDP/TLS/RTP/SAVPF 111 110',
      'c=IN IP4 192.0.2.1',
      'a=mid:0',
      'a=ice-ufrag:ourUfrag',
      'a=ice-pwd:ourPasswordOfTwentyTwoChars',
      'a=candidate:1 1 udp 2130706431 192.0.2.1 3480 typ host',
      'a=candidate:2 1 udp 2130706175 2001:db8::1 3480 typ host',
      'a=candidate:3 1 tcp 1520434687 192.0.2.1 3481 typ host tcptype passive',
      'a=end-of-candidates',
      `a=fingerprint:sha-256 ${OURS.fingerprint.value}`,
      'a=setup:passive',
      'a=rtcp-mux',
      'a=rtcp-rsize',
      'a=recvonly',
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 minptime=10;useinbandfec=1;stereo=0;sprop-stereo=0;maxaveragebitrate=40000',
      'a=rtpmap:110 telephone-event/48000',
      'a=fmtp:110 0-15',
      '',
    ].join('\r\n'),
  );
});

test('Chromium that subscribes is told which track it receives', () => {
  const answer = answerToViewer(CHROMIUM_SUBSCRIBES);
  has(answer, 'a=sendonly', 'a=msid:abc-1 abc-1-audio', 'a=ssrc:4711 cname:abc-1');
});

test('a camera is taken beside the microphone, first or last, in one bundle', () => {
  const answer = answerTo(CHROMIUM_WITH_CAMERA);
  has(answer, 'a=group:BUNDLE 0 1');
  assert.equal(linesOf(answer), ['audio 3480', 'video 3480']);
  const [, , video = ''] = answer.split(/(?=m=)/);
  assert.is(
    video.replace(/(?:a=ice-|a=candidate|a=end|a=fingerprint).*\r\n/g, ''),
    [
      'm=video 3480 UDP/TLS/RTP/SAVPF 96 97',
      'c=IN IP4 192.0.2.1',
      'a=mid:1',
      'a=setup:passive',
      'a=rtcp-mux',
      'a=rtcp-rsize',
      'a=recvonly',
      `a=extmap:4 ${TRANSPORT_SEQUENCE}`,
      'a=rtpmap:96 VP8/90000',
      'a=rtcp-fb:96 goog-remb',
      'a=rtcp-fb:96 transport-cc',
      'a=rtcp-fb:96 ccm fir',
      'a=rtcp-fb:96 nack',
      'a=rtcp-fb:96 nack pli',
      'a=rtpmap:97 rtx/90000',
      'a=fmtp:97 apt=96',
      '',
    ].join('\r\n'),
  );
  const first = answerTo(CHROMIUM_CAMERA_FIRST);
  has(first, 'a=group:BUNDLE 1 0');
  assert.equal(linesOf(first), ['video 3480', 'audio 3480']);
});

test('layers that are offered are taken with the names of their packets, and none that could not be told apart', () => {
  const answer = answerTo(CHROMIUM_LAYERS);
  has(
    answer,
    'm=video 3480 UDP/TLS/RTP/SAVPF 96 97',
    'a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid',
    'a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
    'a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
    `a=extmap:4 ${TRANSPORT_SEQUENCE}`,
    'a=rid:l0 recv',
    'a=rid:l1 recv',
    'a=rid:l2 recv',
    'a=simulcast:recv l0;l1;l2',
  );
  // Offers of one stream are answered as if there were no such thing.
  const one = answerTo(CHROMIUM_WITH_CAMERA);
  assert.is(answerTo(CHROMIUM_LAYERS.replace('a=extmap:10', 'a=x:10')), one);
  assert.is(answerTo(CHROMIUM_LAYERS.replace('send l0;', 'send l0,')), one);
});

test('our order decides on the codec, and H.264 is the constrained baseline in mode 1', () => {
  const h264 = [...VIDEO_CODECS].reverse();
  has(
    answerTo(CHROMIUM_WITH_CAMERA, {}, h264),
    'm=video 3480 UDP/TLS/RTP/SAVPF 108 109',
    'a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
    'a=fmtp:109 apt=108',
  );
  const baseline = CHROMIUM_WITH_CAMERA.replaceAll('42e01f', '640c1f');
  has(answerTo(baseline, {}, h264), 'm=video 3480 UDP/TLS/RTP/SAVPF 102 103');
  has(answerTo(baseline.replace('42001f', '4d001f'), {}, h264), 'm=video 3480 UDP/TLS/RTP/SAVPF 96 97');
});

test('only feedback that is offered is agreed on, and retransmissions only where they are', () => {
  const plain = answerTo(
    CHROMIUM_WITH_CAMERA.replace(/a=rtcp-fb:96 (?!nack pli).*\r\n|a=(?:rtpmap|fmtp):97.*\r\n/g, ''),
  );
  has(plain, 'm=video 3480 UDP/TLS/RTP/SAVPF 96', 'a=rtcp-fb:96 nack pli');
  assert.not.match(plain, /goog-remb|transport-cc|transport-wide|ccm fir|rtx/);
  for (const half of [/a=extmap:4 .*\r\n/g, /a=rtcp-fb:96 transport-cc\r\n/g])
    assert.not.match(answerTo(CHROMIUM_WITH_CAMERA.replaceAll(half, '')), /transport-(?:cc|wide)/);
  has(answerTo(CHROMIUM_WITH_CAMERA.replaceAll('rtcp-fb:96', 'rtcp-fb:*')), 'a=rtcp-fb:96 ccm fir');
});

test('a picture is published without a sound, and a sound where the picture cannot be taken', () => {
  const alone = answerTo(CHROMIUM_CAMERA_ALONE);
  assert.equal(linesOf(alone), ['video 3480']);
  has(alone, 'a=group:BUNDLE 1', 'a=recvonly');
  const listens = CHROMIUM_WITH_CAMERA.replace('a=sendonly', 'a=recvonly');
  assert.equal(linesOf(answerTo(listens)), ['audio 0', 'video 3480']);
  const none = answerTo(CHROMIUM_WITH_CAMERA, {}, []);
  assert.equal(linesOf(none), ['audio 3480', 'video 0']);
  has(none, 'a=group:BUNDLE 0', 'm=video 0 UDP/TLS/RTP/SAVPF 96 97 102 103 104 107 108 109 118 119 120', 'a=mid:1');
  assert.equal(linesOf(answerTo(CHROMIUM_WITH_CAMERA.replace('BUNDLE 0 1', 'BUNDLE 0'))), ['audio 3480', 'video 0']);
});

test("who subscribes is sent the stream's codec under the number that he gives it, with SSRCs of both kinds", () => {
  const answer = answerToViewer(CHROMIUM_WATCHES, 'H264');
  assert.equal(linesOf(answer), ['audio 3480', 'video 3480']);
  has(
    answer,
    'm=video 3480 UDP/TLS/RTP/SAVPF 108 109',
    'a=rtpmap:108 H264/90000',
    'a=msid:abc-1 abc-1-audio',
    'a=msid:abc-1 abc-1-video',
    'a=ssrc-group:FID 4712 4713',
    'a=ssrc:4713 cname:abc-1',
    `a=extmap:2 ${SEND_TIME}`,
  );
  assert.is(answer.match(/extmap/g)?.length, 1);
});

test('of a stream that cannot be decoded the sound goes on, and of one without a sound the picture', () => {
  const blind = CHROMIUM_WATCHES.replaceAll('H264', 'H265');
  assert.equal(linesOf(answerToViewer(blind, 'H264')), ['audio 3480', 'video 0']);
  const directions = (answer: string) =>
    parseDescription(answer).media.map(({ kind, direction }) => `${kind} ${direction}`);
  const dark = answerToViewer(CHROMIUM_WATCHES, null);
  assert.equal(directions(dark), ['audio sendonly', 'video inactive']);
  assert.not.match(dark, '4712');
  assert.not.match(answerToViewer(CHROMIUM_WATCHES, 'VP8'), /transport-(?:cc|wide)/);
  const silent = answerToViewer(CHROMIUM_WATCHES, 'VP8', false);
  assert.equal(directions(silent), ['audio inactive', 'video sendonly']);
  has(silent, 'a=group:BUNDLE 0 1');
  assert.not.match(silent, '4711');
  assert.throws(() => answerToViewer(CHROMIUM_SUBSCRIBES, 'VP8', false), /VP8 video/);
});

test('a data channel is refused in its place and stays out of the bundle', () => {
  has(answerTo(FIREFOX), 'm=application 0 UDP/DTLS/SCTP webrtc-datachannel', 'a=group:BUNDLE 0');
});

test('Firefox is understood: fingerprint of the session, sendrecv, events of 8000 Hz', () => {
  const offer = read(FIREFOX);
  assert.equal(offer.fingerprints, [{ hash: 'sha-256', value: FINGERPRINT }]);
  assert.equal(offer.ice, { ufrag: '8d1b2c3d', password: 'c9a0f5b8e1e4b6fbb5ac2fd2a4f1a7de' });
  has(answerTo(FIREFOX), 'a=recvonly', 'm=audio 3480 UDP/TLS/RTP/SAVPF 109 101');
  has(answerToViewer(FIREFOX), 'a=sendonly');
});

test('GStreamer is understood: OPUS in capitals, no a=fmtp, with and without a bundle of the one line', () => {
  has(answerTo(GSTREAMER), 'a=group:BUNDLE audio0', 'm=audio 3480 UDP/TLS/RTP/SAVPF 97', 'a=mid:audio0');
  const unbundled = answerTo(GSTREAMER.replace('a=group:BUNDLE audio0\r\n', ''));
  assert.not.match(unbundled, 'BUNDLE');
});

test('a far end that wishes so leaves out silence', () => {
  has(
    answerTo(CHROMIUM_PUBLISHES.replace('useinbandfec=1', 'useinbandfec=1;usedtx=1')),
    'a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1;stereo=0;sprop-stereo=0;maxaveragebitrate=40000',
  );
});

test('of two audio lines the first is taken, and one that is offered in the bundle alone is offered', () => {
  const [session = '', audio = ''] = CHROMIUM_PUBLISHES.split(/(?=m=audio)/);
  const second = audio.replace('a=mid:0', 'a=mid:7');
  const two = session.replace('BUNDLE 0', 'BUNDLE 0 7') + audio + second;
  assert.equal(linesOf(answerTo(two)), ['audio 3480', 'audio 0']);
  const bundleOnly = CHROMIUM_CAMERA_FIRST.replace('m=audio 9', 'm=audio 0').replace(
    'a=mid:0',
    'a=bundle-only\r\na=mid:0',
  );
  assert.is(read(bundleOnly).audio?.line, 1);
});

const without = (pattern: RegExp) => CHROMIUM_PUBLISHES.replace(pattern, '');

const REFUSED: [name: string, offer: string, role: PeerRole, code: string][] = [
  ['no SDP at all', '{"sdp":"v=0"}', 'publisher', 'sdp.malformed'],
  ['nothing', '', 'publisher', 'sdp.malformed'],
  ['too much', `v=0\r\n${'a=x:y\r\n'.repeat(9000)}`, 'publisher', 'sdp.too-large'],
  ['neither audio nor video', without(/m=audio.*/s), 'publisher', 'sdp.no-media'],
  ['audio switched off', CHROMIUM_PUBLISHES.replace('m=audio 9', 'm=audio 0'), 'publisher', 'sdp.no-media'],
  ['lines that are not bundled', CHROMIUM_WITH_CAMERA.replace(/a=group.*\r\n/, ''), 'publisher', 'sdp.not-bundled'],
  ['RTCP on a port of its own', without(/a=rtcp-mux\r\n/), 'publisher', 'sdp.no-rtcp-mux'],
  ['no fingerprint', without(/a=fingerprint.*\r\n/), 'publisher', 'sdp.no-fingerprint'],
  [
    'SHA-1 alone',
    CHROMIUM_PUBLISHES.replace(`sha-256 ${FINGERPRINT}`, `sha-1 ${FINGERPRINT.slice(0, 59)}`),
    'publisher',
    'sdp.no-fingerprint',
  ],
  ['a far end that waits', CHROMIUM_PUBLISHES.replace('actpass', 'passive'), 'publisher', 'sdp.setup-passive'],
  ['no ICE', without(/a=ice-pwd.*\r\n/), 'publisher', 'sdp.no-ice'],
  ['a broken ufrag', CHROMIUM_PUBLISHES.replace('ufrag:q3Hx', 'ufrag:a b'), 'publisher', 'sdp.malformed'],
  ['no Opus', without(/a=rtpmap:111.*\r\n/), 'publisher', 'sdp.no-common-codec'],
  ['plain RTP', CHROMIUM_PUBLISHES.replace('UDP/TLS/RTP/SAVPF', 'RTP/AVP'), 'publisher', 'sdp.protocol-unsupported'],
  ['a publisher that only receives', CHROMIUM_SUBSCRIBES, 'publisher', 'sdp.direction'],
  [
    'a camera alone that only looks',
    CHROMIUM_CAMERA_ALONE.replace('sendonly', 'recvonly'),
    'publisher',
    'sdp.direction',
  ],
  [
    'a camera alone of no codec of ours',
    CHROMIUM_CAMERA_ALONE.replace(/VP8|H264/g, 'AV1'),
    'publisher',
    'sdp.no-common-codec',
  ],
  ['a subscriber that only sends', CHROMIUM_PUBLISHES, 'subscriber', 'sdp.direction'],
];

for (const [name, offer, role, code] of REFUSED)
  test(`an offer with ${name} is refused`, () => {
    try {
      read(offer, role);
    } catch (error) {
      assert.ok(isCrosspointError(error) && error.code === code, String(error));
      return;
    }
    assert.unreachable('it was taken');
  });

test('an offer of Opus that is not written as RFC 7587 has it is told how it is written', () => {
  const mono = CHROMIUM_PUBLISHES.replace(/opus\/48000\/2/i, 'opus/48000');
  assert.throws(
    () => read(mono, 'publisher'),
    (error: Error) => /offered: opus\/48000,.*; we have: opus\/48000\/2$/.test(error.message),
  );
});

test('many candidates and tracks do not make an offer too large', () => {
  const more = 'a=candidate:1 1 udp 2122260223 192.0.2.9 50000 typ host generation 0 network-id 1\r\n'.repeat(300);
  assert.is(read(CHROMIUM_PUBLISHES + more).audio?.line, 0);
});

test.run();
