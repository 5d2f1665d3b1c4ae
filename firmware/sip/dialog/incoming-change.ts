import type { Timer } from '../../base/clock.ts';
import { ALLOW } from '../message/capabilities.ts';
import { parseCSeq } from '../message/cseq.ts';
import type { SipRequest } from '../message/message.ts';
import { InviteServerTransaction } from '../transaction/invite-server.ts';
import { createResponse } from '../transaction/response.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { transactionTimeoutMs } from '../transaction/timers.ts';
import type { DialogCore, Unfinished } from './dialog-core.ts';
import type { ExtraHeaders, SessionChange } from './dialog-listener.ts';
import { SUPPORTED_IN_DIALOG } from './dialog-sender.ts';
import { descriptionIn } from './session-description.ts';
import type { SessionTimerAnswer } from './session-timer.ts';

const NONE = Buffer.alloc(0);

/**
 * A re-INVITE or an UPDATE of the far end (RFC 3261 §14.2, RFC 3311 §5.2).
 *
 *     offered ── accept: 2xx ─▶ (INVITE) unacknowledged ── ACK ─▶ done
 *        │ │                             └── 64·T1: BYE, the dialog is over
 *        │ └─ reject, the limit ─▶ done
 *        └─ CANCEL, the dialog's end: 487 ─▶ done
 */
export class IncomingChange implements SessionChange, Unfinished {
  readonly method: 'INVITE' | 'UPDATE';
  readonly request: SipRequest;
  readonly body: Buffer;
  answered?: (body: Buffer) => void;
  failed?: () => void;
  readonly #core: DialogCore;
  readonly #transaction: ServerTransaction;
  readonly #timer: SessionTimerAnswer;
  #open = true;
  #limit: Timer | null = null;

  constructor(
    core: DialogCore,
    transaction: ServerTransaction,
    request: SipRequest,
    method: 'INVITE' | 'UPDATE',
    timer: SessionTimerAnswer,
  ) {
    this.#core = core;
    this.#transaction = transaction;
    this.#timer = timer;
    this.method = method;
    this.request = request;
    this.body = descriptionIn(request);
  }

  /** Marks the session as busy and hands the change to the owner of the dialog. */
  start(offer: (change: SessionChange) => void): void {
    const { offers, unfinished } = this.#core;
    unfinished.add(this);
    if (this.method === 'INVITE') offers.invite = 'theirs';
    if (this.body.length > 0) offers.outstanding = 'theirs';
    if (this.#transaction instanceof InviteServerTransaction) this.#transaction.whenCancelled = () => this.abort();
    if (!this.#core.guard(() => offer(this))) {
      this.reject(500);
      return;
    }
    if (!this.#open) return;
    const { clock, timers } = this.#core.stack;
    const whole = transactionTimeoutMs(timers);
    // A re-INVITE may wait for a person or for the other side of a bridge; who sent an UPDATE gives up after 64·T1.
    this.#limit = clock.after(this.method === 'INVITE' ? 2 * whole : whole / 2, () => this.#giveUp(504));
  }

  accept(body: Buffer, headers: ExtraHeaders = []): void {
    if (!this.#open) return;
    const { contact, path, offers, owner, description } = this.#core;
    const timer = this.#timer.kind === 'agreed' ? this.#timer : null;
    const all = [['Contact', contact] as const, ALLOW, SUPPORTED_IN_DIALOG, ...(timer?.headers ?? []), ...headers];
    const response = createResponse(this.request, 200, { headers: all, body });
    if (body.length > 0) response.headers.set('Content-Type', 'application/sdp');
    this.#close();
    // RFC 6141 §4: only what is accepted moves the target.
    path.refresh(this.request);
    if (body.length > 0) description.ours = body;
    this.#transaction.respond(response);
    if (this.#transaction instanceof InviteServerTransaction) this.#awaitAck(this.#transaction);
    offers.outstanding = this.body.length === 0 ? 'ours' : null;
    if (timer) owner.startSessionTimer(timer.terms);
  }

  reject(status: number, phrase?: string, headers: ExtraHeaders = []): void {
    if (!this.#open) return;
    const reason = phrase === undefined ? {} : { reason: phrase };
    const response = createResponse(this.request, status, { headers, ...reason });
    this.#close();
    this.#transaction.respond(response);
    this.#free();
  }

  abort(): void {
    this.#giveUp(487);
  }

  #giveUp(status: number): void {
    if (!this.#open) return;
    this.reject(status);
    this.#core.guard(() => this.failed?.());
  }

  #awaitAck(transaction: InviteServerTransaction): void {
    const { unacknowledged, owner } = this.#core;
    const { number } = parseCSeq(this.request.headers.get('CSeq') ?? '');
    unacknowledged.begin(number, () => transaction.repeatSuccess(), {
      acknowledged: ack => {
        transaction.successConfirmed();
        this.#confirmed(ack ? descriptionIn(ack) : NONE);
      },
      timedOut: () => {
        this.#confirmed(NONE);
        owner.fail('ack-timeout');
      },
    });
  }

  #confirmed(answer: Buffer): void {
    this.#free();
    if (this.body.length > 0) return;
    this.#core.guard(() => (answer.length > 0 ? this.answered?.(answer) : this.failed?.()));
  }

  #close(): void {
    this.#open = false;
    this.#limit?.stop();
    this.#limit = null;
    this.#core.unfinished.delete(this);
  }

  #free(): void {
    const { offers } = this.#core;
    offers.outstanding = null;
    if (this.method === 'INVITE') offers.invite = null;
  }
}
