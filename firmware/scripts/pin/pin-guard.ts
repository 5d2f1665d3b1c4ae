import type { Clock } from '../../base/clock.ts';

/** Wrong PINs of one caller, and of all together, within `WINDOW_MS`: then nobody's, or no PIN at all, is looked at. */
export const PER_CALLER = 6;
export const PER_BOX = 60;
export const WINDOW_MS = 600_000;
/** Callers that are remembered; who is pushed out still counts for the box. */
const MAX_CALLERS = 4096;

/**
 * Keeps callers from finding PINs by trying: with those limits somebody who calls from ever new numbers tries one of ten
 * thousand in a day and more, of six digits one in a century.
 */
export class PinGuard {
  readonly #clock: Clock;
  /** Monotonic milliseconds of the wrong ones, oldest first. */
  readonly #all: number[] = [];
  readonly #callers = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Wrong PINs that count at the moment. */
  get recent(): number {
    return this.#recent(this.#all).length;
  }

  /** Whether so many were wrong that none is looked at. */
  get boxIsLocked(): boolean {
    return this.recent >= PER_BOX;
  }

  isLocked(caller: string): boolean {
    return this.boxIsLocked || this.#recent(this.#callers.get(caller) ?? []).length >= PER_CALLER;
  }

  failed(caller: string): void {
    const now = this.#clock.monotonic();
    const times = this.#callers.get(caller) ?? [];
    this.#all.push(now);
    times.push(now);
    this.#callers.delete(caller);
    this.#callers.set(caller, times);
    const [oldest] = this.#callers.keys();
    if (this.#callers.size > MAX_CALLERS && oldest !== undefined) this.#callers.delete(oldest);
  }

  /** Drops what is out of date. */
  #recent(times: number[]): readonly number[] {
    const begin = this.#clock.monotonic() - WINDOW_MS;
    while (times[0] !== undefined && times[0] < begin) times.shift();
    return times;
  }
}
