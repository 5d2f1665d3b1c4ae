import type { Clock } from '../base/clock.ts';

/** From the star to the six: slower fingers than these are not meant to mute. */
const WITHIN_MS = 3_000;

/** Hears `*6` among the digits of a call. */
export class MuteCode {
  readonly #clock: Clock;
  #starAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns whether this digit completes the code */
  take(digit: string): boolean {
    const now = this.#clock.now();
    const complete = digit === '6' && now - this.#starAt <= WITHIN_MS;
    this.#starAt = digit === '*' ? now : Number.NEGATIVE_INFINITY;
    return complete;
  }
}
