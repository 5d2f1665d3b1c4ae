import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../base/errors.ts';
import { parseDescription } from '../sdp/parse-description.ts';
import {
  CHROMIUM_CAMERA_FIRST,
  CHROMIUM_PUBLISHES,
  CHROMIUM_SUBSCRIBES,
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

const answerTo = (offer: string, role: PeerRole = 'publisher', change: Partial<OurPeer> = {}) =>
  makePeerAnswer(readPeerOffer(offer, role), role, { ...OURS, ...change });

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
  const answer = answerTo(CHROMIUM_SUBSCRIBES, 'subscriber', { sends: { ssrc: 4711, stream: 'abc-1' } });
  has(answer, 'a=sendonly', 'a=msid:abc-1 abc-1-audio', 'a=ssrc:4711 cname:abc-1');
});

test('a camera is refused in its place and stays out of the bundle, first or last; so is a data channel', () => {
  const last = answerTo(CHROMIUM_WITH_CAMERA);
  has(last, 'a=group:BUNDLE 0', 'm=video 0 UDP/TLS/RTP/SAVPF 96 97 102 103', 'a=mid:1');
  assert.equal(
    parseDescription(last).media.map(({ kind, port }) => `${kind} ${port}`),
    ['audio 3480', 'video 0'],
  );
  assert.equal(
    parseDescription(answerTo(CHROMIUM_CAMERA_FIRST)).media.map(({ kind, port }) => `${kind} ${port}`),
    ['video 0', 'audio 3480'],
  );
  has(answerTo(FIREFOX), 'm=application 0 UDP/DTLS/SCTP webrtc-datachannel', 'a=group:BUNDLE 0');
});

test('Firefox is understood: fingerprint of the session, sendrecv, events of 8000 Hz', () => {
  const offer = readPeerOffer(FIREFOX, 'publisher');
  assert.equal(offer.fingerprints, [{ hash: 'sha-256', value: FINGERPRINT }]);
  assert.equal(offer.ice, { ufrag: '8d1b2c3d', password: 'c9a0f5b8e1e4b6fbb5ac2fd2a4f1a7de' });
  has(answerTo(FIREFOX), 'a=recvonly', 'm=audio 3480 UDP/TLS/RTP/SAVPF 109 101');
  has(answerTo(FIREFOX, 'subscriber'), 'a=sendonly');
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
  assert.equal(
    parseDescription(answerTo(two)).media.map(({ port }) => port),
    [3480, 0],
  );
  const bundleOnly = CHROMIUM_CAMERA_FIRST.replace('m=audio 9', 'm=audio 0').replace(
    'a=mid:0',
    'a=bundle-only\r\na=mid:0',
  );
  assert.is(readPeerOffer(bundleOnly, 'publisher').audio, 1);
});

const without = (pattern: RegExp) => CHROMIUM_PUBLISHES.replace(pattern, '');

const REFUSED: [name: string, offer: string, role: PeerRole, code: string][] = [
  ['no SDP at all', '{"sdp":"v=0"}', 'publisher', 'sdp.malformed'],
  ['nothing', '', 'publisher', 'sdp.malformed'],
  ['too much', `v=0\r\n${'a=x:y\r\n'.repeat(9000)}`, 'publisher', 'sdp.too-large'],
  ['no audio', without(/m=audio.*/s), 'publisher', 'sdp.no-audio'],
  ['audio switched off', CHROMIUM_PUBLISHES.replace('m=audio 9', 'm=audio 0'), 'publisher', 'sdp.no-audio'],
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
  ['a subscriber that only sends', CHROMIUM_PUBLISHES, 'subscriber', 'sdp.direction'],
];

for (const [name, offer, role, code] of REFUSED)
  test(`an offer with ${name} is refused`, () => {
    try {
      readPeerOffer(offer, role);
    } catch (error) {
      assert.ok(isCrosspointError(error) && error.code === code, String(error));
      return;
    }
    assert.unreachable('it was taken');
  });

test('many candidates and tracks do not make an offer too large', () => {
  const more = 'a=candidate:1 1 udp 2122260223 192.0.2.9 50000 typ host generation 0 network-id 1\r\n'.repeat(300);
  assert.is(readPeerOffer(CHROMIUM_PUBLISHES + more, 'publisher').audio, 0);
});

test.run();
