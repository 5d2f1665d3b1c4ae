// Descriptions for the tests beside this file.
import type { AudioCodec } from '../../pipelines/codecs/audio-codec.ts';
import { PCMA } from '../../pipelines/codecs/pcma.ts';
import { PCMU } from '../../pipelines/codecs/pcmu.ts';
import type { OurMedia } from './offer.ts';

export const G711: readonly AudioCodec[] = [PCMU, PCMA];

export const OURS: OurMedia = {
  address: '198.51.100.1',
  rtpPort: 10_000,
  sessionId: 4711,
  version: 1,
  codecs: G711,
};

/** A description of a phone at 192.0.2.9; `lines` follow the session part. */
export const phone = (...lines: string[]): string =>
  `${['v=0', 'o=phone 7 9 IN IP4 192.0.2.9', 's=-', 'c=IN IP4 192.0.2.9', 't=0 0', ...lines].join('\r\n')}\r\n`;

/** The audio line that a desk phone sends. */
export const DESK_PHONE = [
  'm=audio 49170 RTP/AVP 18 8 0 101',
  'a=rtpmap:18 G729/8000',
  'a=fmtp:18 annexb=no',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
];

/** As a browser offers: far more than a telephone call needs. */
export const BROWSER = phone(
  'a=group:BUNDLE 0 1',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 9 0 8 126',
  'c=IN IP4 0.0.0.0',
  'a=rtcp:9 IN IP4 0.0.0.0',
  'a=ice-ufrag:4ZcD',
  'a=ice-pwd:2/1muCWoOi3uLifh0NuRHlL1',
  'a=fingerprint:sha-256 75:74:5A:A6:A4:E5:52:F4:A7:67:4C:01:C7:EE:91:3F:21:3D:A2:E3:53:7B:6F:30:86:F2:30:AA:65:FB:04:24',
  'a=setup:actpass',
  'a=mid:0',
  'a=rtpmap:111 opus/48000/2',
  'a=rtcp-fb:111 transport-cc',
  'a=rtpmap:126 telephone-event/8000',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=rtpmap:96 VP8/90000',
);
