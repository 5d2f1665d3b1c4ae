import type { Clock, Timer } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';

/**
 * The clock of one SIP stack: counts the timers that wait, keeps a failure in one of them from ending the process, and
 * stops them all at the end.
 */
export class TrackedClock implements Clock {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #waiting = new Set<Timer>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(delayMs: number, run: () => void): Timer {
    const inner = this.#clock.after(delayMs, () => {
      this.#waiting.delete(timer);
      try {
        run();
      } catch (error) {
        this.#log.error({ err: error }, 'a SIP timer failed');
      }
    });
    const timer: Timer = {
      stop: () => {
        this.#waiting.delete(timer);
        inner.stop();
      },
    };
    this.#waiting.add(timer);
    return timer;
  }

  get size(): number {
    return this.#waiting.size;
  }

  stopAll(): void {
    for (const timer of [...this.#waiting]) timer.stop();
  }
}
