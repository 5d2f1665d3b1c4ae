import type { Clock, Timer } from '../../base/clock.ts';
import type { InfoDigit } from '../../calls/info-digit.ts';

/** How much later than the INFO the end of the same digit's event may be seen. */
const EVENT_LATE_MS = 300;
const MAX_WAITING = 32;

/**
 * The digits of one far end, each once: phones that are set to "both" send an INFO and an RFC 4733 event for every
 * key. Whoever has ever sent an event is heard by its events alone; before, an INFO waits until the event would be
 * here.
 */
export class DigitSources {
  readonly #clock: Clock;
  readonly #pass: (digit: InfoDigit) => void;
  readonly #waiting: { digit: InfoDigit; timer: Timer }[] = [];
  #known: 'event' | 'info' | null = null;

  constructor(clock: Clock, pass: (digit: InfoDigit) => void) {
    this.#clock = clock;
    this.#pass = pass;
  }

  /** The end of an event has been received; `pass` is not called for it. */
  event(): void {
    this.#known = 'event';
    this.close();
  }

  /** @param maySendEvents the far end has negotiated them */
  info(digit: InfoDigit, maySendEvents: boolean): void {
    if (this.#known === 'event' || this.#waiting.length >= MAX_WAITING) return;
    if (!maySendEvents || this.#known === 'info') {
      this.#pass(digit);
      return;
    }
    const timer = this.#clock.after(digit.durationMs + EVENT_LATE_MS, () => this.#alone());
    this.#waiting.push({ digit, timer });
  }

  close(): void {
    for (const { timer } of this.#waiting.splice(0)) timer.stop();
  }

  /** No event came with it: this far end sends none. */
  #alone(): void {
    this.#known = 'info';
    for (const { digit, timer } of this.#waiting.splice(0)) {
      timer.stop();
      this.#pass(digit);
    }
  }
}
