import type { Timer } from '../../base/clock.ts';
import type { ExtraHeaders } from '../dialog/dialog-listener.ts';
import type { Stack } from '../dialog/stack.ts';
import type { SipRequest } from '../message/message.ts';
import { newTag } from '../transaction/random-token.ts';
import { createResponse } from '../transaction/response.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { transactionTimeoutMs } from '../transaction/timers.ts';
import type { Source } from '../transport/hop.ts';
import type { Arrival } from '../transport/transport-layer.ts';

/** REGISTER, MESSAGE, PUBLISH, SUBSCRIBE, NOTIFY, REFER or INFO outside of any dialog, for its owner to answer. */
export class IncomingRequest {
  readonly method: string;
  readonly request: SipRequest;
  readonly source: Source;
  /** Who digest says it is; null for sources that are known by their address. */
  readonly user: string | null;
  readonly #stack: Stack;
  readonly #transaction: ServerTransaction;
  #deadline: Timer | null = null;

  constructor(stack: Stack, transaction: ServerTransaction, request: SipRequest, arrival: Arrival) {
    this.#stack = stack;
    this.#transaction = transaction;
    this.method = request.method;
    this.request = request;
    this.source = arrival.source;
    this.user = arrival.user;
  }

  get answered(): boolean {
    return this.#transaction.answered;
  }

  /**
   * Answers it, finally when the status is 200 or more; a second final answer is not sent.
   * @throws CrosspointError sip.header-name, sip.line-break; nothing has been sent then
   */
  respond(status: number, phrase?: string, headers: ExtraHeaders = [], body?: Buffer, contentType?: string): void {
    const reason = phrase === undefined ? {} : { reason: phrase };
    const content = body === undefined ? {} : { body };
    const response = createResponse(this.request, status, { toTag: newTag(), headers, ...reason, ...content });
    if (contentType !== undefined) response.headers.set('Content-Type', contentType);
    this.#transaction.respond(response);
    if (!this.answered) return;
    this.#deadline?.stop();
    this.#deadline = null;
  }

  /**
   * An owner that has not answered yet may do so later, but not for ever: the sender gives up after 64·T1, and nothing
   * may be sent after that (RFC 4320 §4.2), so half of it is ours.
   */
  limit(): void {
    if (this.answered) return;
    const { clock, timers } = this.#stack;
    this.#deadline = clock.after(transactionTimeoutMs(timers) / 2, () => this.respond(504));
  }
}
