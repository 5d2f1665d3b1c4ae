import type { Clock, Timer } from '../../base/clock.ts';

/**
 * Several named deadlines on one timer. Putting one off costs no timer: it fires, finds nothing due, and is set again.
 */
export class Deadlines<Name extends string> {
  readonly #clock: Clock;
  readonly #reached: (name: Name) => void;
  readonly #due = new Map<Name, number>();
  #timer: Timer | null = null;
  #armedFor = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, reached: (name: Name) => void) {
    this.#clock = clock;
    this.#reached = reached;
  }

  /** Calls `reached(name)` once after `delayMs`, in place of when that name was due before. */
  set(name: Name, delayMs: number): void {
    const due = this.#clock.monotonic() + delayMs;
    this.#due.set(name, due);
    if (due < this.#armedFor) this.#arm(due);
  }

  has(name: Name): boolean {
    return this.#due.has(name);
  }

  clear(name: Name): void {
    this.#due.delete(name);
  }

  stop(): void {
    this.#due.clear();
    this.#timer?.stop();
    this.#timer = null;
    this.#armedFor = Number.POSITIVE_INFINITY;
  }

  #arm(due: number): void {
    this.#timer?.stop();
    this.#armedFor = due;
    this.#timer = this.#clock.after(Math.max(0, due - this.#clock.monotonic()), () => this.#fired(due));
  }

  #fired(due: number): void {
    this.#timer = null;
    this.#armedFor = Number.POSITIVE_INFINITY;
    // A timer may fire a fraction of a millisecond early: what it was set for is due all the same.
    const now = Math.max(due, this.#clock.monotonic());
    for (const [name, at] of [...this.#due]) {
      // One of those before it may have stopped or put off the others.
      if (at > now || this.#due.get(name) !== at) continue;
      this.#due.delete(name);
      this.#reached(name);
    }
    const next = Math.min(...this.#due.values());
    if (next < this.#armedFor) this.#arm(next);
  }
}
