import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { acceptedMedia } from '../../firmware/webrtc/accepted-media.ts';
import { readPeerOffer } from '../../firmware/webrtc/peer-offer.ts';
import { answerTo, offerOf, readServer } from './browser-sdp.ts';

const test = suite("the SDP of the load's browsers");

const own = {
  ufrag: 'abcd',
  password: '0123456789abcdefghijkl',
  fingerprint: Array.from({ length: 32 }, () => 'AB').join(':'),
};

test('an offer is one that a box can read, with the transport that it tells of', () => {
  const { ice, audio, fingerprints } = readPeerOffer(
    offerOf(own, [{ kind: 'audio', direction: 'sendonly', ssrc: 7 }]),
    'publisher',
    acceptedMedia([]),
  );
  assert.equal(ice, { ufrag: 'abcd', password: '0123456789abcdefghijkl' });
  assert.is(audio?.opus.payloadType, 111);
  assert.equal(fingerprints, [{ hash: 'sha-256', value: own.fingerprint }]);
});

const janus = (setup: string) => `v=0
o=- 1 1 IN IP4 192.0.2.2
s=-
t=0 0
a=group:BUNDLE a1 v1
a=ice-lite
a=fingerprint:sha-256 CD:EF
m=audio 9 UDP/TLS/RTP/SAVPF 109
a=mid:a1
a=sendonly
a=rtpmap:109 opus/48000/2
a=setup:${setup}
a=ice-ufrag:Rx1y
a=ice-pwd:zzz
a=candidate:9 1 tcp 99 192.0.2.2 9 typ host tcptype passive
a=candidate:1 1 udp 2130706431 192.0.2.2 31822 typ host
m=video 0 UDP/TLS/RTP/SAVPF 97
a=mid:v0
m=video 9 UDP/TLS/RTP/SAVPF 97
a=mid:v1
a=rtpmap:97 VP8/90000
`;

test("of a server's description its candidate over UDP, its secrets and what it takes are read", () => {
  assert.equal(readServer(janus('active').replaceAll('\n', '\r\n'), 'answer'), {
    ...{ host: '192.0.2.2', port: 31822, ufrag: 'Rx1y', password: 'zzz', hash: 'sha-256', fingerprint: 'CD:EF' },
    role: 'server',
    offers: false,
    media: [
      { mid: 'a1', kind: 'audio', payloadType: 109 },
      { mid: 'v1', kind: 'video', payloadType: 97 },
    ],
  });
});

test("who is offered something receives it in the server's payload types, and begins DTLS where it may", () => {
  const answer = answerTo(readServer(janus('actpass'), 'offer'), own);
  for (const line of [
    'm=audio 9 UDP/TLS/RTP/SAVPF 109',
    'a=rtpmap:109 opus/48000/2',
    'a=mid:v1',
    'a=rtcp-fb:97 nack pli',
    'a=setup:active',
  ])
    assert.ok(answer.includes(`${line}\r\n`), line);
  assert.not.match(answer, /a=ssrc|sendonly/);
});

test('a description without a candidate is told apart', () => {
  assert.throws(() => readServer(janus('active').replace(/a=candidate:1.*\n/, ''), 'answer'), /no candidate of UDP/);
});

test.run();
