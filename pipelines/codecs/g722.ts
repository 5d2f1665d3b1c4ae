import type { AudioCodec } from './audio-codec.ts';

/**
 * ITU-T G.722 at 64 kbit/s: audio of 16 kHz under an RTP clock of 8000, by an error of RFC 1890 that RFC 3551 §4.5.2
 * keeps.
 */
export const G722: AudioCodec = {
  name: 'G722',
  payloadType: 9,
  clockRate: 8000,
  channels: 1,
  sampleRate: 16_000,
  implementation: 'g722',
  fmtp: null,
};
