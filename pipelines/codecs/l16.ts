import type { AudioCodec, PacketMs } from './audio-codec.ts';

/** RFC 3551 §4.5.11: sound as it is, for tests and measurements. No packet is longer than a datagram may be. */
function l16(sampleRate: 8000 | 16_000 | 48_000, payloadType: number, packetTimes: readonly PacketMs[]): AudioCodec {
  const caps = `audio/x-raw,format=S16BE,layout=interleaved,channels=1,rate=${sampleRate}`;
  return {
    name: 'L16',
    payloadType,
    clockRate: sampleRate,
    channels: 1,
    sampleRate,
    implementation: {
      decode: 'audioconvert dithering=none',
      decodeCaps: caps,
      encode: `audioconvert dithering=none ! capsfilter caps=${caps}`,
    },
    fmtp: null,
    packetTimes,
  };
}

export const L16_FULL = l16(48_000, 107, [10]);
export const L16_WIDE = l16(16_000, 106, [10, 20, 30, 40]);
export const L16 = l16(8000, 108, [10, 20, 30, 40, 60]);
