import { messageOf } from '../../base/errors.ts';
import type { Credentials } from '../auth/credentials.ts';
import { DigestSession } from '../auth/digest-session.ts';
import { DigestTries } from '../auth/digest-tries.ts';
import { ALLOW, SUPPORTED } from '../message/capabilities.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { ClientTransaction } from '../transaction/client-transaction.ts';
import type { Hop } from '../transport/hop.ts';
import { sizeOf } from '../transport/large-request.ts';
import type { ExtraHeaders } from './dialog-listener.ts';
import type { DialogPath } from './dialog-path.ts';
import { requestInDialog } from './dialog-state.ts';
import type { Stack } from './stack.ts';

/** A request of ours before it has a CSeq, a Via and credentials. */
export interface Outgoing {
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly contentType: string;
}

/** Why no final response came; `closed`: the stack was shut down. */
export type NoResponse = 'timeout' | 'transport' | 'closed';

export interface SenderUser {
  /** Every response but the challenges that were answered; `credentials` are those that the request carried. */
  response(response: SipResponse, transaction: ClientTransaction, credentials: ExtraHeaders): void;
  /** Instead of a final response. */
  failed(why: NoResponse, reason: string): void;
  /** Each time that the request is on its way: an INVITE can be cancelled by it. */
  sent?(transaction: ClientTransaction): void;
  /** The transaction of the final response left the table. */
  terminated?(): void;
}

/** RFC 3261 §12.2.1.1, RFC 3311, RFC 6665 §4.4.1: requests that tell the far end where we are. */
const WITH_CONTACT: ReadonlySet<string> = new Set(['INVITE', 'UPDATE', 'SUBSCRIBE', 'NOTIFY', 'REFER']);

/** Requests of ours in the dialog ask for no reliable provisional responses: a re-INVITE does not ring. */
export const SUPPORTED_IN_DIALOG = [
  'Supported',
  SUPPORTED[1]
    .split(', ')
    .filter(tag => tag !== '100rel')
    .join(', '),
] as const;

/** Sends the requests of one dialog: counts them, signs them, and follows the far end to where it is reached. */
export class DialogSender {
  readonly #stack: Stack;
  readonly #path: DialogPath;
  readonly #contact: string;
  readonly #credentials: Credentials | null;
  /** Later requests carry credentials unasked, and count the nonce on (RFC 7616 §3.4). */
  #digest: DigestSession | null;
  #localSeq: number;

  constructor(
    stack: Stack,
    path: DialogPath,
    contact: string,
    credentials: Credentials | null,
    digest: DigestSession | null,
  ) {
    this.#stack = stack;
    this.#path = path;
    this.#contact = contact;
    this.#credentials = credentials;
    this.#digest = digest;
    this.#localSeq = path.state.localSeq;
  }

  /** @throws CrosspointError sip.header-name, sip.line-break: it could not be written */
  check(outgoing: Outgoing): void {
    // All else is the dialog's own.
    if (outgoing.headers.length > 0 || outgoing.body.length > 0) this.#request(outgoing);
  }

  /** What goes wrong is told to the user, now or later. */
  send(outgoing: Outgoing, user: SenderUser): void {
    this.#digest ??= this.#credentials && new DigestSession(this.#credentials);
    const tries = this.#digest && new DigestTries(this.#credentials, this.#digest);
    this.#toNextHop(outgoing, tries, user);
  }

  #toNextHop(outgoing: Outgoing, tries: DigestTries | null, user: SenderUser): void {
    this.#path.toNextHop(
      hop => this.#sendTo(hop, outgoing, tries, user),
      error => user.failed('transport', error.message),
    );
  }

  #sendTo(hop: Hop, outgoing: Outgoing, tries: DigestTries | null, user: SenderUser): void {
    const request = this.#request(outgoing);
    const [way = hop, otherWay = null] = this.#path.waysTo(hop, sizeOf(request));
    this.#transmit(request, way, otherWay, outgoing, tries, user);
  }

  #transmit(
    request: SipRequest,
    hop: Hop,
    otherWay: Hop | null,
    outgoing: Outgoing,
    tries: DigestTries | null,
    user: SenderUser,
  ): void {
    // Whether this sending has been concluded; its transaction then lives on to absorb what is late.
    let over = false;
    try {
      const local = this.#path.localFor(hop);
      tries?.sign(request);
      this.#localSeq += 1;
      const transaction = this.#stack.transactions.request(request, hop, local, {
        response: response => {
          if (response.status < 200) {
            user.response(response, transaction, []);
            return;
          }
          const first = !over;
          over = true;
          if (first && tries?.answer(request, response)) {
            // §22.2: a new transaction with the next CSeq.
            this.#toNextHop(outgoing, tries, user);
          } else user.response(response, transaction, tries?.headers ?? []);
        },
        failed: failure => {
          over = true;
          if (failure.cause === 'transport' && otherWay)
            this.#transmit(this.#request(outgoing), otherWay, null, outgoing, tries, user);
          else if (failure.cause === 'transport' && this.#path.avoid(hop)) {
            this.#toNextHop(outgoing, tries, user);
          } else if (failure.cause === 'timeout') user.failed('timeout', `no response (Timer ${failure.timer})`);
          else user.failed('transport', failure.error.message);
        },
        terminated: () => {
          if (over) user.terminated?.();
          // A failure is told right behind this; only the end of the stack is silent.
          else queueMicrotask(() => over || user.failed('closed', 'the SIP stack was closed'));
        },
      });
      if (!over) user.sent?.(transaction);
    } catch (error) {
      this.#stack.log.warn(
        { err: error, sipCallId: this.#path.state.callId },
        'a SIP request in a dialog could not be sent',
      );
      user.failed('transport', messageOf(error));
    }
  }

  #request({ method, headers, body, contentType }: Outgoing): SipRequest {
    const { request } = requestInDialog(this.#path.state, method, this.#localSeq + 1, body);
    if (WITH_CONTACT.has(method)) request.headers.add('Contact', this.#contact);
    if (method === 'INVITE' || method === 'UPDATE') {
      request.headers.add(...ALLOW);
      request.headers.add(...SUPPORTED_IN_DIALOG);
    }
    for (const [name, value] of headers) request.headers.add(name, value);
    if (body.length > 0) request.headers.set('Content-Type', contentType);
    return request;
  }
}
