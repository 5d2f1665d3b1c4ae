import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../base/errors.ts';
import { parseDescription } from './parse-description.ts';

const sdp = (...lines: string[]) => `${lines.join('\r\n')}\r\n`;

const HEAD = ['v=0', 'o=- 1 2 IN IP4 192.0.2.9', 's=-', 'c=IN IP4 192.0.2.9', 't=0 0'];
const audio = (...lines: string[]) => parseDescription(sdp(...HEAD, ...lines)).media[0];

test('the description of RFC 4566 §5 is read', () => {
  const { origin, timing, media } = parseDescription(
    sdp(
      'v=0',
      'o=jdoe 2890844526 2890842807 IN IP4 10.47.16.5',
      's=SDP Seminar',
      'i=A Seminar on the session description protocol',
      'u=http://www.example.com/seminars/sdp.pdf',
      'e=j.doe@example.com (Jane Doe)',
      'c=IN IP4 224.2.17.12/127',
      't=2873397496 2873404696',
      'a=recvonly',
      'm=audio 49170 RTP/AVP 0',
      'm=video 51372 RTP/AVP 99',
      'c=IN IP6 2001:db8::1',
      'a=rtpmap:99 h263-1998/90000',
      'a=sendonly',
    ),
  );
  assert.equal(origin, { username: 'jdoe', sessionId: '2890844526', version: '2890842807', address: '10.47.16.5' });
  assert.equal(timing, { start: 2873397496, stop: 2873404696 });
  assert.equal(media, [
    {
      kind: 'audio',
      port: 49170,
      protocol: 'RTP/AVP',
      formats: ['0'],
      payloads: [{ payloadType: 0, name: 'PCMU', clockRate: 8000, channels: 1, fmtp: null }],
      address: '224.2.17.12',
      rtcp: null,
      rtcpMux: false,
      ptime: null,
      maxptime: null,
      crypto: [],
      direction: 'recvonly',
    },
    {
      kind: 'video',
      port: 51372,
      protocol: 'RTP/AVP',
      formats: ['99'],
      payloads: [{ payloadType: 99, name: 'h263-1998', clockRate: 90000, channels: 1, fmtp: null }],
      address: '2001:db8::1',
      rtcp: null,
      rtcpMux: false,
      ptime: null,
      maxptime: null,
      crypto: [],
      direction: 'sendonly',
    },
  ]);
});

test('formats carry their names, channels and parameters; a missing rtpmap is filled in where it is fixed', () => {
  const media = audio(
    'm=audio 4000 RTP/AVP 96 18 0 101 97',
    'a=rtpmap:96 opus/48000/2',
    'a=fmtp:96 maxplaybackrate=16000; useinbandfec=1',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
  );
  assert.equal(
    media?.payloads.map(({ payloadType, name, clockRate, channels, fmtp }) =>
      [payloadType, name, clockRate, channels, fmtp].join(' '),
    ),
    [
      '96 opus 48000 2 maxplaybackrate=16000; useinbandfec=1',
      '18 G729 8000 1 ',
      '0 PCMU 8000 1 ',
      '101 telephone-event 8000 1 0-15',
      '97   1 ',
    ],
  );
});

test('packet times, RTCP address and direction are read', () => {
  const media = audio(
    'm=audio 4000 RTP/AVP 0',
    'a=ptime:30',
    'a=maxptime:60.0',
    'a=rtcp:53020 IN IP6 2001:db8::7',
    'a=inactive',
  );
  assert.is(media?.ptime, 30);
  assert.is(media?.maxptime, 60);
  assert.equal(media?.rtcp, { port: 53020, address: '2001:db8::7' });
  assert.is(media?.direction, 'inactive');
  assert.equal(audio('m=audio 4000 RTP/AVP 0', 'a=rtcp:4711')?.rtcp, { port: 4711, address: null });
});

test('what sloppy peers send is understood', () => {
  const text =
    'v=0\nc=IN IP4 192.0.2.9 \nm=audio  4000/2 rtp/avp  0  8 \na=sendonly  \na=ptime:0\na=rtcp:0\na=rtpmap:8\n';
  const { origin, timing, media } = parseDescription(text);
  assert.is(origin, null);
  assert.equal(timing, { start: 0, stop: 0 });
  assert.is(media[0]?.port, 4000);
  assert.is(media[0]?.protocol, 'rtp/avp');
  assert.equal(media[0]?.formats, ['0', '8']);
  assert.is(media[0]?.payloads[1]?.name, 'PCMA');
  assert.is(media[0]?.direction, 'sendonly');
  assert.is(media[0]?.ptime, null);
  assert.is(media[0]?.rtcp, null);
});

test('lines of any kind keep their place, so that each can be answered', () => {
  const { media } = parseDescription(
    sdp(
      ...HEAD,
      'm=x-whiteboard 9 UDP/TLS/x *',
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
      'm=image 5000 udptl t38',
      'm=message 9 TCP/MSRP *',
      'm=audio 4000 RTP/AVP 0',
    ),
  );
  assert.equal(
    media.map(({ kind, protocol, formats }) => [kind, protocol, ...formats].join(' ')),
    [
      'x-whiteboard UDP/TLS/x *',
      'application UDP/DTLS/SCTP webrtc-datachannel',
      'image udptl t38',
      'message TCP/MSRP *',
      'audio RTP/AVP 0',
    ],
  );
});

const REFUSED: [what: string, text: string, code: string][] = [
  ['nothing', '', 'sdp.malformed'],
  ['other text', 'hello', 'sdp.malformed'],
  ['another version', sdp('v=1', ...HEAD.slice(1)), 'sdp.malformed'],
  ['an m= line without a port', sdp(...HEAD, 'm=audio'), 'sdp.malformed'],
  ['a port that is none', sdp(...HEAD, 'm=audio -1 RTP/AVP 0'), 'sdp.malformed'],
  ['a port above 65535', sdp(...HEAD, 'm=audio 65536 RTP/AVP 0'), 'sdp.malformed'],
  ['a payload type above 127', sdp(...HEAD, 'm=audio 4000 RTP/AVP 128'), 'sdp.malformed'],
  ['a payload type that is none', sdp(...HEAD, 'm=audio 4000 RTP/AVP PCMU'), 'sdp.malformed'],
  ['a NUL', sdp(...HEAD, 'm=audio 4000 RTP/AVP 0\0'), 'sdp.malformed'],
  ['a long line', sdp(...HEAD, `a=fmtp:0 ${'x'.repeat(1100)}`), 'sdp.malformed'],
  ['33 media', sdp(...HEAD, ...Array<string>(33).fill('m=audio 4000 RTP/AVP 0')), 'sdp.malformed'],
  ['65 formats', sdp(...HEAD, `m=audio 4000 RTP/AVP${' 0'.repeat(65)}`), 'sdp.malformed'],
  ['over 16 KiB', sdp(...HEAD, ...Array<string>(2000).fill('a=x:12345')), 'sdp.too-large'],
];

for (const [what, text, code] of REFUSED) {
  test(`what is no description is refused: ${what}`, () => {
    assert.throws(
      () => parseDescription(text),
      (error: unknown) => isCrosspointError(error) && error.code === code && error.layer === 'sdp',
    );
  });
}

test.run();
