/** Waiting, handed in so that tests need not wait. */
export interface Timers {
  /** Calls `run` once after `delayMs`, unless what it returns is called before. */
  after(delayMs: number, run: () => void): () => void;
  /** 0 ≤ random < 1 */
  random(): number;
}

export const browserTimers: Timers = {
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
