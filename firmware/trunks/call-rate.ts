import type { Clock } from '../base/clock.ts';

export interface CallRateLimits {
  /** Calls at a time; undefined: any number. */
  readonly calls?: number | undefined;
  /** New calls a second, averaged; as many may come at once. Undefined: any rate. */
  readonly callsPerSecond?: number | undefined;
}

/**
 * Counts the calls of a trunk or project against its limits: those that there are, and a token bucket for new ones.
 * Asking costs nothing, so that several can be asked before one call is counted by all of them.
 */
export class CallRate {
  readonly #clock: Clock;
  readonly #limits: CallRateLimits;
  #calls = 0;
  #tokens: number;
  #filledAt: number;

  constructor(clock: Clock, limits: CallRateLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#tokens = limits.callsPerSecond ?? 0;
    this.#filledAt = clock.monotonic();
  }

  /** Calls that there are now. */
  get calls(): number {
    return this.#calls;
  }

  /** Why there can be no new call now; null when there can. */
  get full(): 'calls' | 'rate' | null {
    const { calls, callsPerSecond } = this.#limits;
    if (calls !== undefined && this.#calls >= calls) return 'calls';
    return callsPerSecond !== undefined && this.#refilled(callsPerSecond) < 1 ? 'rate' : null;
  }

  /**
   * Counts a call, whether or not there is room: an emergency call takes its place too.
   *
   * @returns to be called when the call has ended; calling it again does nothing
   */
  begin(): () => void {
    this.#calls++;
    const { callsPerSecond } = this.#limits;
    if (callsPerSecond !== undefined) this.#tokens = Math.max(0, this.#refilled(callsPerSecond) - 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#calls--;
    };
  }

  #refilled(perSecond: number): number {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(perSecond, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond);
    this.#filledAt = now;
    return this.#tokens;
  }
}
