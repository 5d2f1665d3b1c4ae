import type { Clock, Timer } from './clock.ts';
import type { Log, LogLevel } from './log.ts';

export interface LogLevelState {
  /** The least severe line that is written. */
  readonly level: LogLevel;
  /** When it goes back to the level of the configuration, milliseconds since 1970; null: it stays. */
  readonly until: number | null;
}

/** What an operator gets who only sends a signal: enough to see a call or two. */
const SIGNAL_S = 600;

/** Changes how much is logged while the box runs: for good, or for a while. */
export class LogLevelSwitch {
  readonly #log: Log;
  #usual: LogLevel;
  readonly #clock: Clock;
  #until: number | null = null;
  #timer: Timer | null = null;

  /** @param usual that of the configuration */
  constructor(log: Log, usual: LogLevel, clock: Clock) {
    this.#log = log;
    this.#usual = usual;
    this.#clock = clock;
  }

  get state(): LogLevelState {
    return { level: this.#log.level as LogLevel, until: this.#until };
  }

  /** @param seconds after which it goes back to what the configuration says; null: it stays until the next start */
  set(level: LogLevel, seconds: number | null): void {
    this.#timer?.stop();
    this.#timer = seconds === null ? null : this.#clock.after(seconds * 1000, () => this.set(this.#usual, null));
    this.#until = seconds === null ? null : this.#clock.now() + seconds * 1000;
    const from = this.#log.level;
    if (level === from) return;
    const say = () =>
      this.#log.info({ from, to: level, ...(seconds !== null && { seconds }) }, 'the log level was changed');
    // At whichever of both levels it is seen.
    const isSeen = this.#log.isLevelEnabled('info');
    if (isSeen) say();
    this.#log.level = level;
    if (!isSeen) say();
  }

  /** The configuration says something else from now on; that counts, whatever was set before. */
  configure(level: LogLevel): void {
    this.#usual = level;
    this.set(level, null);
  }

  /** For a signal: everything for ten minutes, or back to what the configuration says. */
  toggle(): void {
    if (this.#log.level === this.#usual) this.set('debug', SIGNAL_S);
    else this.set(this.#usual, null);
  }

  close(): void {
    this.#timer?.stop();
    this.#timer = null;
  }
}
