import { type AudioCodec, type Coding, type FormatParameters, numberOf } from './audio-codec.ts';

/**
 * Half of Opus's range: 10, its default, costs half as much again, for what nobody hears in speech
 * (docs/measurements.md).
 */
const COMPLEXITY = 5;
/**
 * Bit/s for mono speech at the top of what RFC 7587 §3.1.1 recommends for each bandwidth; of fullband as much more as lets
 * the worker do without Opus's speech coder, which takes three times the CPU of its transform (docs/decisions.md).
 */
const BITRATES = { 8000: 16_000, 16000: 24_000, 48000: 48_000 } as const;
/** RFC 7587 §6.1. */
const LOWEST_BITRATE = 6_000;

/**
 * RFC 7587: always opus/48000/2 in SDP, whatever is in it. Ours is mono. The far end's parameters are obeyed:
 * maxplaybackrate and sprop-maxcapturerate (no need to code what is not there), maxaveragebitrate, cbr, useinbandfec,
 * usedtx.
 */
export const OPUS: AudioCodec = {
  name: 'opus',
  payloadType: 111,
  clockRate: 48_000,
  channels: 2,
  sampleRate: 48_000,
  implementation: encoding(new Map()).implementation,
  fmtp: 'minptime=10;useinbandfec=1',
  // Opus has no frames of 30 ms.
  packetTimes: [10, 20, 40, 60],
  sending: encoding,
  receiving: theirs => ({
    sampleRate: rateFor(numberOf(theirs, 'sprop-maxcapturerate')),
    implementation: OPUS.implementation,
  }),
};

function encoding(theirs: FormatParameters): Coding {
  const sampleRate = rateFor(numberOf(theirs, 'maxplaybackrate'));
  const bitrate = Math.min(BITRATES[sampleRate], numberOf(theirs, 'maxaveragebitrate') ?? BITRATES[sampleRate]);
  const has = (name: string) => theirs.get(name) === '1';
  return {
    sampleRate,
    implementation: {
      codec: 'opus',
      complexity: COMPLEXITY,
      bitrate: Math.max(LOWEST_BITRATE, bitrate),
      ...(has('cbr') ? { cbr: true } : {}),
      ...(has('useinbandfec') ? { fec: true } : {}),
      ...(has('usedtx') ? { dtx: true } : {}),
    },
  };
}

/** Of the worker's rates the lowest that holds so much. */
function rateFor(hz = 48_000): keyof typeof BITRATES {
  if (hz <= 8_000) return 8_000;
  return hz <= 16_000 ? 16_000 : 48_000;
}
