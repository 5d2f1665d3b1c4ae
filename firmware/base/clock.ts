/** A timer that its owner stops; stopping twice, or after it fired, does nothing. */
export interface Timer {
  stop(): void;
}

/**
 * Time, handed in wherever something waits, so that tests drive hours in a moment.
 * Times are milliseconds.
 */
export interface Clock {
  /** Wall clock, milliseconds since 1970. For records and events. */
  now(): number;
  /** Monotonic milliseconds from an arbitrary start. For durations. */
  monotonic(): number;
  /** Calls `run` once after `delayMs`. */
  after(delayMs: number, run: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, run) {
    const handle = setTimeout(run, delayMs);
    return { stop: () => clearTimeout(handle) };
  },
};
