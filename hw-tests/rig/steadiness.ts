import { dbov, powerAt, RATE } from './tones.ts';

const FRAME_MS = 20;
/** 20 dB below what the tests' phones say: a gap. What decoders make up of a lost tone lies 9 to 15 dB below. */
const MISSED_DBOV = -36;

export interface Steadiness {
  /** Of the frames of 20 ms: in how many the tone is, 0–1. */
  readonly share: number;
  readonly longestGapMs: number;
}

/** How steadily a tone is heard in what was recorded. */
export function steadiness(samples: Int16Array, frequencyHz: number): Steadiness {
  const length = (RATE * FRAME_MS) / 1000;
  const frames = Math.floor(samples.length / length);
  let heard = 0;
  let gap = 0;
  let longest = 0;
  for (let i = 0; i < frames; i++) {
    const there = dbov(powerAt(samples.subarray(i * length, (i + 1) * length), frequencyHz)) > MISSED_DBOV;
    heard += there ? 1 : 0;
    gap = there ? 0 : gap + 1;
    longest = Math.max(longest, gap);
  }
  return { share: heard / frames, longestGapMs: longest * FRAME_MS };
}
