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
  implementation: {
    decode: 'avdec_g722 ! audioconvert',
    decodeCaps: 'audio/G722,rate=16000,channels=1',
    encode: 'avenc_g722',
    // The encoder makes 20 ms of whatever goes in.
    bytesPerMs: 8,
  },
  fmtp: null,
};
