import type { Clock, Timer } from '../base/clock.ts';
import type { DialogRequest } from '../sip/dialog/dialog-listener.ts';
import { DigitOnce, type ReceivedDigit } from './digit-once.ts';
import { INFO_DIGIT_TYPE, infoDigit } from './info-digit.ts';
import type { DigitTerms } from './side-terms.ts';

/** How much later than the INFO the end of the same digit's event may be seen. */
const EVENT_LATE_MS = 300;
const MAX_WAITING = 32;
const ACCEPTED = [['Accept', `${INFO_DIGIT_TYPE}, application/dtmf`]] as const;

/**
 * The digits of one far end, each once, by whichever of the ways that its trunk takes.
 *
 * Where the worker relays event packets, an INFO must not go before them, as both would reach the other side: whoever
 * has ever sent an event is heard by its events alone there; before, an INFO waits until the event would be here.
 */
export class DigitSources {
  readonly #clock: Clock;
  readonly #pass: (digit: ReceivedDigit) => void;
  readonly #waiting: { digit: ReceivedDigit; timer: Timer }[] = [];
  readonly #once = new DigitOnce();
  #known: 'event' | 'info' | null = null;

  constructor(clock: Clock, pass: (digit: ReceivedDigit) => void) {
    this.#clock = clock;
    this.#pass = pass;
  }

  /** The worker has heard the end of a digit. */
  heard(digit: ReceivedDigit): void {
    if (digit.source === 'rfc4733') {
      this.#known = 'event';
      this.close();
    }
    this.#tell(digit);
  }

  /**
   * Answers an INFO (no RFC: Cisco's application/dtmf-relay).
   * @param eventsRelayed its far end may send events, which are relayed as they are
   */
  info(asked: DialogRequest, terms: DigitTerms, eventsRelayed: boolean): void {
    if (asked.body.length === 0) {
      asked.respond(200);
      return;
    }
    const digit = infoDigit(asked.request.headers.get('Content-Type') ?? '', asked.body);
    if (digit === null) asked.respond(415, undefined, ACCEPTED);
    else if (digit === 'malformed') asked.respond(400);
    else if (!terms.accept.includes('info')) asked.respond(403, 'Digits By INFO Are Not Taken Here');
    else {
      asked.respond(200);
      this.told({ ...digit, source: 'info' }, eventsRelayed);
    }
  }

  /** A digit by INFO. */
  told(digit: ReceivedDigit, eventsRelayed: boolean): void {
    if (!eventsRelayed || this.#known === 'info') {
      this.#tell(digit);
      return;
    }
    if (this.#known === 'event' || this.#waiting.length >= MAX_WAITING) return;
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
      this.#tell(digit);
    }
  }

  #tell(digit: ReceivedDigit): void {
    if (this.#once.isNew(digit, this.#clock.monotonic())) this.#pass(digit);
  }
}
