import type { Timer } from '../../base/clock.ts';
import type { SipRequest } from '../message/message.ts';
import { createResponse } from '../transaction/response.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { transactionTimeoutMs } from '../transaction/timers.ts';
import type { DialogCore, Unfinished } from './dialog-core.ts';
import type { DialogRequest, ExtraHeaders } from './dialog-listener.ts';

/** INFO, REFER, NOTIFY, SUBSCRIBE or MESSAGE in a dialog, for its owner to answer. */
export class IncomingDialogRequest implements DialogRequest, Unfinished {
  readonly method: string;
  readonly request: SipRequest;
  readonly body: Buffer;
  readonly #core: DialogCore;
  readonly #transaction: ServerTransaction;
  #open = true;
  #limit: Timer | null = null;

  constructor(core: DialogCore, transaction: ServerTransaction, request: SipRequest) {
    this.#core = core;
    this.#transaction = transaction;
    this.method = request.method;
    this.request = request;
    this.body = request.body;
  }

  start(take: (request: DialogRequest) => void): void {
    this.#core.unfinished.add(this);
    if (!this.#core.guard(() => take(this))) {
      this.respond(500);
      return;
    }
    if (!this.#open) return;
    const { clock, timers } = this.#core.stack;
    // The sender gives up after 64·T1, and nothing may be said after that (RFC 4320 §4.2).
    this.#limit = clock.after(transactionTimeoutMs(timers) / 2, () => this.respond(504));
  }

  respond(status: number, phrase?: string, headers: ExtraHeaders = [], body?: Buffer, contentType?: string): void {
    if (!this.#open) return;
    const reason = phrase === undefined ? {} : { reason: phrase };
    const content = body === undefined ? {} : { body };
    const contact = ['Contact', this.#core.contact] as const;
    // REFER and SUBSCRIBE begin a usage of the dialog: their 2xx says where we are (RFC 6665 §4.4.1).
    const own = status < 300 && (this.method === 'REFER' || this.method === 'SUBSCRIBE') ? [contact] : [];
    const response = createResponse(this.request, status, { headers: [...own, ...headers], ...reason, ...content });
    if (contentType !== undefined) response.headers.set('Content-Type', contentType);
    this.#open = false;
    this.#limit?.stop();
    this.#limit = null;
    this.#core.unfinished.delete(this);
    this.#transaction.respond(response);
  }

  abort(): void {
    this.respond(487);
  }
}
