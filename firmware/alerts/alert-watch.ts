import type { Clock, Timer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { AlertBook } from './alert-book.ts';
import type { Facts } from './facts.ts';
import { type Finding, type Rule, rules as usualRules } from './rules.ts';

export interface AlertWatchOptions {
  readonly book: AlertBook;
  readonly facts: () => Promise<Facts>;
  readonly rules?: readonly Rule[];
  readonly clock: Clock;
  readonly log: Log;
}

const EVERY_MS = 2_000;

/** Looks again and again what the rules find, and keeps the book in accord with that. */
export class AlertWatch {
  readonly #options: AlertWatchOptions;
  /** Since when a finding has been there without a break, told or not; monotonic milliseconds. */
  readonly #since = new Map<string, number>();
  #timer: Timer | null = null;
  #closed = false;

  constructor(options: AlertWatchOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#closed) return;
    void this.look().finally(() => {
      if (!this.#closed) this.#timer = this.#options.clock.after(EVERY_MS, () => this.start());
    });
  }

  close(): void {
    this.#closed = true;
    this.#timer?.stop();
  }

  /** Never rejects. */
  async look(): Promise<void> {
    const { facts, rules = usualRules, log } = this.#options;
    try {
      const seen = await facts();
      if (!this.#closed) this.#compare(rules.flatMap(rule => rule.find(seen).map(finding => [rule, finding] as const)));
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'alerts cannot be looked for');
    }
  }

  #compare(found: readonly (readonly [Rule, Finding])[]): void {
    const { book, clock } = this.#options;
    const now = clock.monotonic();
    const there = new Set(found.map(([, { id }]) => id));
    for (const id of [...this.#since.keys()]) {
      if (there.has(id)) continue;
      this.#since.delete(id);
      book.clear(id);
    }
    for (const [{ holdMs }, { id, severity, sentence, detail }] of found) {
      const since = this.#since.get(id) ?? now;
      this.#since.set(id, since);
      if (now - since >= holdMs) book.raise(id, severity, sentence, detail);
    }
  }
}
