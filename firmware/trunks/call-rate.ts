import type { Clock } from '../base/clock.ts';

export interface CallRateLimits {
  /** Calls at a time; undefined: any number. */
  readonly calls?: number | undefined;
  /** New calls in any second, all at once or apart. Undefined: any rate. */
  readonly callsPerSecond?: number | undefined;
}

const SECOND_MS = 1_000;

/**
 * Counts the calls of a trunk or project against its limits: those that there are, and those that began in the second
 * before. No second has more than the limit, wherever it begins: carriers count so, and a bucket that refills while it
 * is emptied would let through nearly twice as many. Asking costs nothing, so that several can be asked before one call
 * is counted by all of them.
 */
export class CallRate {
  readonly #clock: Clock;
  readonly #limits: CallRateLimits;
  #calls = 0;
  /** When the last calls began, as many as may in a second; the next one overwrites the oldest. Made for the first. */
  #begun: Float64Array | null = null;
  #oldest = 0;

  constructor(clock: Clock, limits: CallRateLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Calls that there are now. */
  get calls(): number {
    return this.#calls;
  }

  /** Why there can be no new call now; null when there can. */
  get full(): 'calls' | 'rate' | null {
    const { calls } = this.#limits;
    if (calls !== undefined && this.#calls >= calls) return 'calls';
    const oldest = this.#begun?.[this.#oldest] ?? Number.NEGATIVE_INFINITY;
    return this.#clock.monotonic() - oldest < SECOND_MS ? 'rate' : null;
  }

  /**
   * Counts a call, whether or not there is room: an emergency call takes its place too.
   *
   * @returns to be called when the call has ended; calling it again does nothing
   */
  begin(): () => void {
    this.#calls++;
    this.#note();
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#calls--;
    };
  }

  #note(): void {
    const { callsPerSecond } = this.#limits;
    if (callsPerSecond === undefined) return;
    this.#begun ??= new Float64Array(callsPerSecond).fill(Number.NEGATIVE_INFINITY);
    this.#begun[this.#oldest] = this.#clock.monotonic();
    this.#oldest = (this.#oldest + 1) % callsPerSecond;
  }
}
