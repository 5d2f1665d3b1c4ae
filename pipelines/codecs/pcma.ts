import type { AudioCodec } from './audio-codec.ts';

/** ITU-T G.711 A-law. */
export const PCMA: AudioCodec = {
  name: 'PCMA',
  payloadType: 8,
  clockRate: 8000,
  channels: 1,
  sampleRate: 8000,
  implementation: 'pcma',
  fmtp: null,
};
