import { OTError } from './ot-error.ts';
import { refusalOf, type Tried } from './refusal.ts';
import type { Timers } from './timers.ts';
import type { Reply, Request } from './wire.ts';

/** More than that wait for no network: the page is told. */
const MAX_WAITING = 100;
/** Long enough for a resumption that takes its whole time, and the answer behind it. */
const REPLY_MS = 45_000;

interface Pending {
  readonly text: string;
  readonly tried: Tried;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: OTError) => void;
  readonly stopTimer: () => void;
}

/** Requests whose reply has not come. The box does one that comes twice, after a resumption, once. */
export class PendingRequests {
  readonly #timers: Timers;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /**
   * @param send takes the JSON; called again by texts() after a resumption
   */
  add(request: Request, tried: Tried, send: (text: string) => void): Promise<Reply> {
    if (this.#pending.size >= MAX_WAITING)
      return Promise.reject(new OTError('OT_NOT_CONNECTED', 'Too many requests wait for the connection to the box'));
    const id = ++this.#lastId;
    const text = JSON.stringify({ id, ...request });
    return new Promise((resolve, reject) => {
      const stopTimer = this.#timers.after(REPLY_MS, () => {
        this.#pending.delete(id);
        reject(new OTError('OT_TIMEOUT', `The box has not answered ${request.type}`));
      });
      this.#pending.set(id, { text, tried, resolve, reject, stopTimer });
      send(text);
    });
  }

  settle(reply: Reply): void {
    const pending = this.#pending.get(reply.re);
    if (!pending) return;
    this.#pending.delete(reply.re);
    pending.stopTimer();
    if (reply.error) pending.reject(refusalOf(pending.tried, reply.error));
    else pending.resolve(reply);
  }

  /** What to send again. */
  texts(): string[] {
    return [...this.#pending.values()].map(({ text }) => text);
  }

  rejectAll(error: OTError): void {
    for (const { reject, stopTimer } of this.#pending.values()) {
      stopTimer();
      reject(error);
    }
    this.#pending.clear();
  }
}
