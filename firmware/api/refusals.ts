import type { Clock, Timer } from '../base/clock.ts';
import type { Log } from '../base/log.ts';

const EVERY_MS = 60_000;

/** Who was not let in is told of once a minute, as numbers: whoever knocks must not fill the log. */
export class Refusals {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #sentence: string;
  readonly #counts = new Map<string, number>();
  #timer: Timer | null = null;

  /** @param sentence what the log says of them */
  constructor(clock: Clock, log: Log, sentence: string) {
    this.#clock = clock;
    this.#log = log;
    this.#sentence = sentence;
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
    this.#log.warn({ refused: Object.fromEntries(this.#counts) }, this.#sentence);
    this.#counts.clear();
  }
}
