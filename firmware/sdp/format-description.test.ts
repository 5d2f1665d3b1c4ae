import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../base/errors.ts';
import { formatDescription, type OwnDescription } from './format-description.ts';
import { parseDescription } from './parse-description.ts';

const description: OwnDescription = {
  origin: { username: '-', sessionId: '77', version: '8', address: '2001:db8::1' },
  timing: { start: 0, stop: 0 },
  media: [
    {
      kind: 'audio',
      port: 4000,
      protocol: 'RTP/AVPF',
      formats: ['96', '0'],
      payloads: [
        { payloadType: 96, name: 'opus', clockRate: 48000, channels: 2, fmtp: 'useinbandfec=1' },
        { payloadType: 0, name: 'PCMU', clockRate: 8000, channels: 1, fmtp: null },
      ],
      address: '192.0.2.1',
      rtcp: { port: 4700, address: '192.0.2.2' },
      rtcpMux: true,
      ptime: 20,
      maxptime: 60,
      crypto: ['1 AES_CM_128_HMAC_SHA1_80 inline:a|2^20'],
      direction: 'recvonly',
    },
  ],
};

test('what is written reads the same', () => {
  assert.equal(parseDescription(formatDescription(description)), description);
});

test('the text has the order of RFC 4566 and ends its lines in CRLF', () => {
  assert.equal(formatDescription(description).split('\r\n'), [
    'v=0',
    'o=- 77 8 IN IP6 2001:db8::1',
    's=-',
    'c=IN IP6 2001:db8::1',
    't=0 0',
    'm=audio 4000 RTP/AVPF 96 0',
    'c=IN IP4 192.0.2.1',
    'a=rtpmap:96 opus/48000/2',
    'a=rtpmap:0 PCMU/8000',
    'a=fmtp:96 useinbandfec=1',
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:a|2^20',
    'a=rtcp:4700 IN IP4 192.0.2.2',
    'a=rtcp-mux',
    'a=ptime:20',
    'a=maxptime:60',
    'a=recvonly',
    '',
  ]);
});

test('an address that is none is not written', () => {
  for (const address of ['', 'media.example.com', '192.0.2.1\r\na=x'])
    assert.throws(
      () => formatDescription({ ...description, origin: { ...description.origin, address } }),
      (error: unknown) => isCrosspointError(error) && error.code === 'sdp.bad-address',
    );
});

test.run();
