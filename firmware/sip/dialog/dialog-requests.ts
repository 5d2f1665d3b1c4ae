import { Headers } from '../message/headers.ts';
import type { DialogCore } from './dialog-core.ts';
import type { DialogResponse } from './dialog-listener.ts';
import type { Outgoing } from './dialog-sender.ts';

const NO_BODY = Buffer.alloc(0);
/** Of one method; a far end that answers nothing must not make us remember for ever. */
const MAX_WAITING = 32;

/** These do not wait for one another: PRACK is due at once, and UPDATE orders its own offers. */
const UNORDERED: ReadonlySet<string> = new Set(['PRACK', 'UPDATE', 'OPTIONS']);

/** 481 and silence end what these belong to, a subscription or a provisional response, and not the call (RFC 5057 §5.1). */
const NOT_OF_THE_CALL: ReadonlySet<string> = new Set(['NOTIFY', 'SUBSCRIBE', 'PRACK']);

type Settle = (response: DialogResponse) => void;

export function unanswered(reason: string): DialogResponse {
  return { status: null, reason, headers: new Headers(), body: NO_BODY };
}

/** Whether the dialog is gone at the far end (RFC 3261 §12.2.1.2). */
export function meansGone(status: number): boolean {
  return status === 408 || status === 481;
}

/**
 * Requests of ours that change no session. Those of one method go out one after the other, for over UDP the second of
 * two digits could overtake the first, which would then be refused as out of order (RFC 3261 §12.2.2).
 */
export class DialogRequests {
  readonly #core: DialogCore;
  readonly #waiting = new Map<string, { outgoing: Outgoing; settle: Settle }[]>();
  /** Of those that do not wait: a far end that asks for a PRACK with each response and answers none. */
  #unordered = 0;

  constructor(core: DialogCore) {
    this.#core = core;
  }

  send(outgoing: Outgoing, settle: Settle): void {
    const { method } = outgoing;
    if (UNORDERED.has(method)) {
      this.#sendUnordered(outgoing, settle);
      return;
    }
    const ahead = this.#waiting.get(method);
    if (!ahead) {
      this.#waiting.set(method, []);
      this.#send(outgoing, settle);
    } else if (ahead.length >= MAX_WAITING) settle(unanswered(`more than ${MAX_WAITING} ${method} requests wait`));
    else ahead.push({ outgoing, settle });
  }

  /** The dialog is over: what was not sent never will be. */
  close(): void {
    for (const ahead of this.#waiting.values())
      for (const { settle } of ahead.splice(0)) settle(unanswered('the dialog has ended'));
  }

  #sendUnordered(outgoing: Outgoing, settle: Settle): void {
    if (this.#unordered >= MAX_WAITING) {
      settle(unanswered(`more than ${MAX_WAITING} requests are unanswered`));
      return;
    }
    this.#unordered += 1;
    this.#send(outgoing, response => {
      this.#unordered -= 1;
      settle(response);
    });
  }

  #send(outgoing: Outgoing, settle: Settle): void {
    const { method } = outgoing;
    this.#core.sender.send(outgoing, {
      response: response => {
        const { status, reason, headers, body } = response;
        if (status < 200) return;
        if (status < 300 && method === 'UPDATE') {
          this.#core.path.refresh(response);
          this.#core.refreshAnswered(headers);
        }
        settle({ status, reason, headers, body });
        if (meansGone(status) && !NOT_OF_THE_CALL.has(method)) this.#core.owner.fail('failed', headers);
        this.#next(method);
      },
      failed: (why, reason) => {
        settle(unanswered(reason));
        if (why === 'timeout' && !NOT_OF_THE_CALL.has(method)) this.#core.owner.fail('failed');
        this.#next(method);
      },
    });
  }

  #next(method: string): void {
    const next = this.#waiting.get(method)?.shift();
    if (next) this.#send(next.outgoing, next.settle);
    else this.#waiting.delete(method);
  }
}
