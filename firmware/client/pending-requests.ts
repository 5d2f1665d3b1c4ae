import { OTError, type OTErrorName } from './ot-error.ts';
import type { Timers } from './timers.ts';
import type { Reply, Request } from './wire.ts';

/** More than that wait for no network: the page is told. */
const MAX_WAITING = 100;
/** Long enough for a resumption that takes its whole time, and the answer behind it. */
const REPLY_MS = 45_000;

interface Pending {
  readonly text: string;
  readonly failure: OTErrorName;
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
   * @param failure the name of the error when the box refuses it
   * @param send takes the JSON; called again by texts() after a resumption
   */
  add(request: Request, failure: OTErrorName, send: (text: string) => void): Promise<Reply> {
    if (this.#pending.size >= MAX_WAITING)
      return Promise.reject(new OTError('OT_NOT_CONNECTED', 'Too many requests wait for the connection to the box'));
    const id = ++this.#lastId;
    const text = JSON.stringify({ id, ...request });
    return new Promise((resolve, reject) => {
      const stopTimer = this.#timers.after(REPLY_MS, () => {
        this.#pending.delete(id);
        reject(new OTError('OT_TIMEOUT', `The box has not answered ${request.type}`));
      });
      this.#pending.set(id, { text, failure, resolve, reject, stopTimer });
      send(text);
    });
  }

  settle(reply: Reply): void {
    const pending = this.#pending.get(reply.re);
    if (!pending) return;
    this.#pending.delete(reply.re);
    pending.stopTimer();
    if (reply.error) pending.reject(refusal(reply.error, pending.failure));
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

/** The box's code is kept in the message: it says more than OpenTok's names do. */
function refusal({ code, message }: { code: string; message: string }, failure: OTErrorName): OTError {
  const name = /(^|[.-])(forbidden|may-not|role)/.test(code) ? 'OT_PERMISSION_DENIED' : failure;
  return new OTError(name, `${message} (${code})`);
}
