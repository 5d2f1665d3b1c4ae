import type { AudioCodec } from './audio-codec.ts';

/** ITU-T G.729 Annex A, by libbcg729. Without Annex B: its silence saves nothing in a mix. */
export const G729: AudioCodec = {
  name: 'G729',
  payloadType: 18,
  clockRate: 8000,
  channels: 1,
  sampleRate: 8000,
  implementation: 'g729',
  // Absent it would mean yes (RFC 4856 §2.1.9).
  fmtp: 'annexb=no',
};
