import type { Clock, Timer } from './clock.ts';

interface Pending {
  at: number;
  order: number;
  run: () => void;
}

/** A clock that moves only when a test says so; timers fire in the order of their time. */
export class ManualClock implements Clock {
  #elapsedMs = 0;
  #order = 0;
  readonly #startMs: number;
  readonly #pending = new Set<Pending>();

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#startMs = startMs;
  }

  now(): number {
    return this.#startMs + this.#elapsedMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, run: () => void): Timer {
    const pending: Pending = { at: this.#elapsedMs + Math.max(0, delayMs), order: this.#order++, run };
    this.#pending.add(pending);
    return { stop: () => void this.#pending.delete(pending) };
  }

  /** How many timers wait: a test's proof that nothing was left behind. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  /** Moves time on, firing what falls due on the way, including timers that those set. */
  advance(ms: number): void {
    const end = this.#elapsedMs + ms;
    for (let next = this.#nextBy(end); next; next = this.#nextBy(end)) {
      this.#pending.delete(next);
      this.#elapsedMs = Math.max(this.#elapsedMs, next.at);
      next.run();
    }
    this.#elapsedMs = end;
  }

  #nextBy(end: number): Pending | undefined {
    let first: Pending | undefined;
    for (const candidate of this.#pending) {
      if (candidate.at > end) continue;
      if (!first || candidate.at < first.at || (candidate.at === first.at && candidate.order < first.order))
        first = candidate;
    }
    return first;
  }
}
