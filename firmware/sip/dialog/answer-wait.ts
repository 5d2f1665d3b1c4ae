import type { Clock, Timer } from '../../base/clock.ts';
import { nextIntervalMs, type SipTimers, transactionTimeoutMs } from '../transaction/timers.ts';

export interface AnswerWaitParts {
  readonly clock: Clock;
  readonly timers: SipTimers;
  /** Sends the 2xx again. */
  repeat(): void;
  /** 64·T1 went by without an ACK. */
  timedOut(): void;
}

/**
 * RFC 3261 §13.3.1.4: the 2xx to an INVITE is repeated from T1, doubling to T2, on every kind of transport (a hop
 * behind the next one may be UDP), until its ACK comes or 64·T1 have gone by.
 */
export class AnswerWait {
  readonly #parts: AnswerWaitParts;
  #repeat: Timer | null = null;
  #limit: Timer | null = null;

  constructor(parts: AnswerWaitParts) {
    this.#parts = parts;
  }

  start(): void {
    const { clock, timers, timedOut } = this.#parts;
    this.#limit = clock.after(transactionTimeoutMs(timers), () => {
      this.stop();
      timedOut();
    });
    this.#arm(timers.t1);
  }

  stop(): void {
    this.#repeat?.stop();
    this.#limit?.stop();
    this.#repeat = null;
    this.#limit = null;
  }

  #arm(intervalMs: number): void {
    const { clock, timers, repeat } = this.#parts;
    this.#repeat = clock.after(intervalMs, () => {
      this.#arm(nextIntervalMs(intervalMs, timers));
      repeat();
    });
  }
}
