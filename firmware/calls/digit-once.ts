import type { DigitWay } from './side-terms.ts';

/** A digit of one far end, when it has ended. */
export interface ReceivedDigit {
  readonly digit: string;
  readonly durationMs: number;
  readonly source: DigitWay;
}

interface Told extends ReceivedDigit {
  readonly endedAt: number;
  readonly ways: Set<DigitWay>;
}

/** How far apart two ways may tell of one press: one at its beginning, the other out of a jitter buffer after its end. */
export const SAME_PRESS_MS = 500;
const MAX_TOLD = 32;

/**
 * Each press once, however many ways tell of it (RFC 4733 events, INFO, tones): the first one counts. The same digit by
 * another way is the same press when their times, with 500 ms before and after, overlap; of a row of like presses
 * each is matched with one.
 */
export class DigitOnce {
  readonly #told: Told[] = [];

  /** @param now milliseconds, when that was told */
  isNew(digit: ReceivedDigit, now: number): boolean {
    const beganAt = now - digit.durationMs;
    const same = this.#told.find(
      told =>
        told.digit === digit.digit &&
        !told.ways.has(digit.source) &&
        beganAt <= told.endedAt + SAME_PRESS_MS &&
        now >= told.endedAt - told.durationMs - SAME_PRESS_MS,
    );
    if (same) {
      same.ways.add(digit.source);
      return false;
    }
    this.#told.push({ ...digit, endedAt: now, ways: new Set([digit.source]) });
    if (this.#told.length > MAX_TOLD) this.#told.shift();
    return true;
  }
}
