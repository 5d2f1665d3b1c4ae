import type { Timer } from '../../base/clock.ts';
import { parseCSeq } from '../message/cseq.ts';
import type { SipResponse } from '../message/message.ts';
import type { ClientTransaction } from '../transaction/client-transaction.ts';
import { transactionTimeoutMs } from '../transaction/timers.ts';
import type { DialogCore } from './dialog-core.ts';
import type { ExtraHeaders } from './dialog-listener.ts';
import type { NoResponse, Outgoing } from './dialog-sender.ts';
import { SuccessAck } from './success-ack.ts';

const NO_BODY = Buffer.alloc(0);

export type ReinviteResult =
  /** `acknowledge` only when the INVITE had no offer: it carries our answer. */
  | {
      readonly kind: 'success';
      readonly response: SipResponse;
      readonly acknowledge: ((answer: Buffer) => void) | null;
    }
  | { readonly kind: 'failure'; readonly response: SipResponse }
  | { readonly kind: 'silence'; readonly why: NoResponse | 'unanswered'; readonly reason: string };

/**
 * One re-INVITE of ours (RFC 3261 §14.1), with its challenges.
 *
 *     sent ── 2xx: ACK, again for each repetition ─▶ done
 *      │ └─── 300–699, Timer B ────────────────────▶ done
 *      └─ 1xx ─▶ proceeding ── 64·T1 ─▶ CANCEL ── 64·T1 ─▶ done, nobody answered
 */
export class Reinvite {
  readonly #core: DialogCore;
  readonly #outgoing: Outgoing;
  readonly #done: (result: ReinviteResult) => void;
  readonly #ack: SuccessAck;
  #stage: 'sent' | 'proceeding' | 'cancelled' | 'unacknowledged' | 'done' = 'sent';
  #limit: Timer | null = null;
  #transaction: ClientTransaction | null = null;

  constructor(core: DialogCore, outgoing: Outgoing, done: (result: ReinviteResult) => void) {
    this.#core = core;
    this.#outgoing = outgoing;
    this.#done = done;
    this.#ack = new SuccessAck(core.stack);
  }

  start(): void {
    this.#core.sender.send(this.#outgoing, {
      sent: transaction => {
        this.#transaction = transaction;
      },
      response: (response, transaction, credentials) => this.#response(response, transaction, credentials),
      failed: (why, reason) => this.#conclude({ kind: 'silence', why, reason }),
      terminated: () => this.#terminated(),
    });
  }

  #response(response: SipResponse, transaction: ClientTransaction, credentials: ExtraHeaders): void {
    if (response.status < 200) this.#proceed();
    else if (response.status >= 300) this.#conclude({ kind: 'failure', response });
    else if (this.#stage === 'done') this.#ack.again();
    else if (this.#stage !== 'unacknowledged') this.#success(response, transaction, credentials);
  }

  #proceed(): void {
    if (this.#stage !== 'sent') return;
    this.#stage = 'proceeding';
    const { clock, timers } = this.#core.stack;
    this.#limit = clock.after(transactionTimeoutMs(timers), () => this.#cancel());
  }

  /** A person may have to agree (a request for video), but not for ever, and the other side of a bridge waits too. */
  #cancel(): void {
    const { clock, timers, transactions, log } = this.#core.stack;
    const transaction = this.#transaction;
    if (!transaction) return;
    this.#stage = 'cancelled';
    this.#limit = clock.after(transactionTimeoutMs(timers), () => {
      this.#conclude({ kind: 'silence', why: 'unanswered', reason: 'no final response' });
      transaction.terminate();
    });
    try {
      transactions.cancel(transaction, { response: () => {}, failed: () => {} });
    } catch (error) {
      log.warn({ err: error, sipCallId: this.#core.path.state.callId }, 'a CANCEL could not be sent');
    }
  }

  #success(response: SipResponse, { request }: ClientTransaction, credentials: ExtraHeaders): void {
    this.#stopLimit();
    this.#core.path.refresh(response);
    const { number } = parseCSeq(request.headers.get('CSeq') ?? '');
    const acknowledge = (body: Buffer) => {
      if (this.#stage === 'done') return;
      this.#stage = 'done';
      this.#ack.send(this.#core.path, number, credentials, body);
    };
    // After the end of the dialog the far end still wants its ACK, and nobody will give an answer.
    const offerless = this.#outgoing.body.length === 0 && !this.#core.over;
    if (offerless) this.#stage = 'unacknowledged';
    else acknowledge(NO_BODY);
    this.#done({ kind: 'success', response, acknowledge: offerless ? acknowledge : null });
  }

  #terminated(): void {
    if (this.#stage !== 'unacknowledged') return;
    this.#stage = 'done';
    // Their offer was never answered, and they have given up waiting for the ACK.
    this.#core.owner.fail('failed');
  }

  #conclude(result: ReinviteResult): void {
    if (this.#stage === 'done' || this.#stage === 'unacknowledged') return;
    this.#stage = 'done';
    this.#stopLimit();
    this.#done(result);
  }

  #stopLimit(): void {
    this.#limit?.stop();
    this.#limit = null;
  }
}
