import type { AudioCodec } from './audio-codec.ts';

/** ITU-T G.711 µ-law. */
export const PCMU: AudioCodec = {
  name: 'PCMU',
  payloadType: 0,
  clockRate: 8000,
  channels: 1,
  sampleRate: 8000,
  implementation: 'pcmu',
  fmtp: null,
};
