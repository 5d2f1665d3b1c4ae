import type { Timer } from '../../../base/clock.ts';
import { messageOf } from '../../../base/errors.ts';
import type { Credentials } from '../../auth/credentials.ts';
import type { DigestSession } from '../../auth/digest-session.ts';
import type { Dialog } from '../../dialog/dialog.ts';
import type { ExtraHeaders } from '../../dialog/dialog-listener.ts';
import type { Stack } from '../../dialog/stack.ts';
import { SipParseError } from '../../message/errors.ts';
import type { SipRequest, SipResponse } from '../../message/message.ts';
import type { ClientFailure, ClientTransaction } from '../../transaction/client-transaction.ts';
import { transactionTimeoutMs } from '../../transaction/timers.ts';
import type { Hop } from '../../transport/hop.ts';
import type { LocalAddress } from '../../transport/listener.ts';
import { type Answered, Branches } from './branches.ts';
import type { EarlyOffer } from './early-branch.ts';

/** Why a try ended without a final response. */
export type TryFailure = ClientFailure | { readonly cause: 'first-response'; readonly heard: boolean };

/** What the call hears of a try, until it has abandoned it. */
export interface TryOwner {
  /** The first provisional response, 100 included. */
  heard(): void;
  provisional(response: SipResponse, body: Buffer, dialog: Dialog | null): void;
  readonly earlyOffer: EarlyOffer | null;
  answered(answer: Answered, response: SipResponse): void;
  /** A 2xx that cannot be acknowledged. */
  unusable(error: SipParseError): void;
  refused(attempt: InviteTry, response: SipResponse): void;
  failed(failure: TryFailure): void;
}

export interface TryParts {
  readonly stack: Stack;
  readonly hop: Hop;
  readonly local: LocalAddress;
  readonly request: SipRequest;
  /** What the request carried to authenticate: its ACK carries it too (§22.1). */
  readonly authorization: ExtraHeaders;
  readonly credentials: Credentials | null;
  /** What the call has learnt of those who ask for them. */
  readonly digest: DigestSession | null;
  /** Null: Timer B alone. */
  readonly firstResponseMs: number | null;
  readonly owner: TryOwner;
}

/**
 * One INVITE transaction to one hop, with the branches of its forks (RFC 3261 §13.2).
 *
 *     calling ── 2xx: ACK ─▶ answered (a 2xx of another branch: ACK, BYE) ── Timer M ─▶ over
 *        │ └──── 3xx–6xx, no response ─▶ refused / failed, over
 *        │ abandon
 *        ▼
 *     wait for 1xx ─▶ CANCEL sent ── 487, or 64·T1 ─▶ over
 *                         └── 2xx: ACK, BYE ────────▶ over
 */
export class InviteTry {
  readonly #parts: TryParts;
  readonly #branches: Branches;
  #transaction: ClientTransaction | null = null;
  #stage: 'calling' | 'answered' | 'abandoned' | 'over' = 'calling';
  /** Any response at all: only then may it be cancelled (§9.1). */
  #heard = false;
  #firstResponse: Timer | null = null;
  /** §9.1: how long a cancelled INVITE may stay without its final response. */
  #cancelLimit: Timer | null = null;
  #cancelHeaders: ExtraHeaders = [];

  constructor(parts: TryParts) {
    const { stack, hop, local, credentials, digest, authorization, request } = parts;
    this.#parts = parts;
    this.#branches = new Branches({ stack, hop, local, credentials, digest, authorization, invite: request });
  }

  get hop(): Hop {
    return this.#parts.hop;
  }

  get request(): SipRequest {
    return this.#parts.request;
  }

  /** @throws CrosspointError sip.overloaded; what `serialise` throws */
  start(): void {
    const { stack, request, hop, local, owner, firstResponseMs } = this.#parts;
    const transaction = stack.transactions.request(request, hop, local, {
      response: response => this.#response(response),
      failed: failure => {
        if (this.#stage !== 'calling') return;
        this.#stage = 'over';
        owner.failed(failure);
      },
      terminated: () => this.#release(),
    });
    // A listener that is closed fails inside of the call above.
    if (this.#stage !== 'calling') return;
    this.#transaction = transaction;
    if (firstResponseMs !== null) {
      this.#firstResponse = stack.clock.after(firstResponseMs, () => this.#tooLate());
    }
  }

  /** The call is not interested any more: CANCEL as soon as that is allowed, and an answer is ended. */
  abandon(cancelHeaders: ExtraHeaders = []): void {
    if (this.#stage !== 'calling') return;
    this.#stage = 'abandoned';
    this.#cancelHeaders = cancelHeaders;
    this.#firstResponse?.stop();
    this.#branches.closeEarly();
    if (this.#heard) this.#cancel();
  }

  #tooLate(): void {
    const heard = this.#heard;
    this.abandon();
    this.#parts.owner.failed({ cause: 'first-response', heard });
  }

  #response(response: SipResponse): void {
    if (response.status < 200) this.#provisional(response);
    else if (response.status < 300) this.#success(response);
    else this.#refused(response);
  }

  #provisional(response: SipResponse): void {
    const first = !this.#heard;
    this.#heard = true;
    if (first && this.#stage === 'calling') this.#parts.owner.heard();
    if (this.#stage === 'abandoned') this.#cancel();
    if (this.#stage !== 'calling' || response.status === 100) return;
    this.#firstResponse?.stop();
    const { owner } = this.#parts;
    const told = this.#branches.provisional(response, owner.earlyOffer);
    if (told) owner.provisional(response, told.body, told.dialog);
  }

  #success(response: SipResponse): void {
    const { owner } = this.#parts;
    try {
      const answer = this.#branches.success(response);
      if (answer === null) return;
      if (this.#stage !== 'calling') {
        // §13.2.2.4: answered by a second branch, or after we gave up: the dialog is real and has to be ended.
        answer.acknowledge?.(Buffer.alloc(0));
        void answer.dialog.bye();
        return;
      }
      this.#stage = 'answered';
      this.#branches.closeEarly();
      this.#stopTimers();
      owner.answered(answer, response);
    } catch (error) {
      if (!(error instanceof SipParseError)) throw error;
      if (this.#stage !== 'calling') return;
      this.#stage = 'answered';
      this.#branches.closeEarly();
      this.#stopTimers();
      owner.unusable(error);
    }
  }

  #refused(response: SipResponse): void {
    const waited = this.#stage === 'calling';
    this.#stage = 'over';
    this.#stopTimers();
    this.#branches.closeEarly();
    if (waited) this.#parts.owner.refused(this, response);
  }

  #cancel(): void {
    if (this.#cancelLimit || !this.#transaction) return;
    const { clock, timers, transactions, log } = this.#parts.stack;
    const invite = this.#transaction;
    this.#cancelLimit = clock.after(transactionTimeoutMs(timers), () => invite.terminate());
    try {
      // Its own answer says nothing that the INVITE's final response does not say too.
      transactions.cancel(invite, { response: () => {}, failed: () => {} }, this.#cancelHeaders);
    } catch (error) {
      const sipCallId = this.request.headers.get('Call-ID');
      log.warn({ problem: messageOf(error), sipCallId }, 'a CANCEL could not be sent');
    }
  }

  #stopTimers(): void {
    this.#firstResponse?.stop();
    this.#cancelLimit?.stop();
    this.#firstResponse = null;
    this.#cancelLimit = null;
  }

  /** The transaction is over: nothing of the far end can reach this any more. */
  #release(): void {
    this.#stopTimers();
    this.#branches.closeEarly();
    this.#transaction = null;
  }
}
