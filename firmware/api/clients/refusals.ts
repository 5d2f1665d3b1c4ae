import type { Clock, Timer } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';

const EVERY_MS = 60_000;

/** Channels that were not let in are told of once a minute, as numbers: whoever knocks must not fill the log. */
export class Refusals {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #counts = new Map<string, number>();
  #timer: Timer | null = null;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** @param why one of a few words */
  count(why: string): void {
    this.#counts.set(why, (this.#counts.get(why) ?? 0) + 1);
    this.#timer ??= this.#clock.after(EVERY_MS, () => this.#tell());
  }

  close(): void {
    if (this.#timer) this.#tell();
  }

  #tell(): void {
    this.#timer?.stop();
    this.#timer = null;
    this.#log.warn({ refused: Object.fromEntries(this.#counts) }, 'event channels were not let in');
    this.#counts.clear();
  }
}
