import type { Timer } from '../../base/clock.ts';
import { CrosspointError, messageOf } from '../../base/errors.ts';
import { DigestTries } from '../auth/digest-tries.ts';
import { Dialog } from '../dialog/dialog.ts';
import { dialogOfResponse } from '../dialog/dialog-state.ts';
import type { Stack } from '../dialog/stack.ts';
import { parseCSeq } from '../message/cseq.ts';
import { SipParseError } from '../message/errors.ts';
import type { SipResponse } from '../message/message.ts';
import { tagOf } from '../message/name-addr.ts';
import { phraseOf } from '../message/status-phrases.ts';
import { resolveTarget } from '../resolver/resolver.ts';
import type { ClientFailure, ClientTransaction } from '../transaction/client-transaction.ts';
import { transactionTimeoutMs } from '../transaction/timers.ts';
import type { Hop } from '../transport/hop.ts';
import type { InviteFailure, InviteListener, InviteOptions, OutgoingInvite } from './invite-listener.ts';
import type { InviteDraft } from './invite-request.ts';

/** Branches of a fork of which we keep dialogs; a proxy that forks wider is not one of ours. */
const MAX_FORKS = 16;

/**
 * The UAC core of one INVITE (RFC 3261 §13.2), over all its tries: the first, and one more for each challenge.
 *
 *     resolving ─▶ calling ── 1xx ─▶ proceeding ── 2xx: ACK ─▶ accepted (a 2xx of another branch: ACK, BYE)
 *         │           │                 │  └────── 3xx–6xx ──▶ failed
 *         │           │ cancel          │ cancel, ring limit
 *         │           ▼                 ▼
 *         │      wait for 1xx ─────▶ CANCEL sent ── 487, or 64·T1 ─▶ done
 *         │                             └── 2xx: ACK, BYE ─────────▶ done
 *         └─ cancel, no such host ─▶ done, nothing was sent
 *
 * The listener hears the outcome once (`#settled`); what follows is between us and the far end.
 */
export class InviteClient implements OutgoingInvite {
  readonly callId: string;
  readonly #stack: Stack;
  readonly #options: InviteOptions;
  readonly #draft: InviteDraft;
  readonly #listener: InviteListener;
  readonly #digest: DigestTries;
  readonly #early = new Map<string, Dialog>();
  readonly #confirmed = new Map<string, Dialog>();
  #transaction: ClientTransaction | null = null;
  #hop: Hop | null = null;
  #cseq = 1;
  #provisional = false;
  #settled = false;
  #givenUp = false;
  #cancelSent = false;
  #ringLimit: Timer | null = null;
  /** §9.1: how long a cancelled INVITE may stay without its final response. */
  #cancelLimit: Timer | null = null;

  constructor(stack: Stack, options: InviteOptions, draft: InviteDraft, listener: InviteListener) {
    this.callId = draft.callId;
    this.#stack = stack;
    this.#options = options;
    this.#draft = draft;
    this.#listener = listener;
    this.#digest = new DigestTries(options.auth ?? null);
  }

  start(): void {
    // Not at once, so that `invite` has returned before anything is said.
    queueMicrotask(() => void this.#start());
  }

  cancel(): void {
    this.#giveUp('cancelled');
  }

  async #start(): Promise<void> {
    try {
      this.#hop = await resolveTarget(this.#options.target, this.#stack.resolver);
      if (this.#givenUp) return;
      this.#send();
      if (this.#settled) return;
      this.#ringLimit = this.#stack.clock.after(this.#options.ringLimitMs, () => this.#giveUp('ring-limit'));
      this.#listener.sent?.(this.#stack.clock.monotonic());
    } catch (error) {
      this.#sendFailed(error);
    }
  }

  #send(): void {
    if (!this.#hop) return;
    const { transport, transactions } = this.#stack;
    const local = transport.localFor(this.#hop, null);
    const request = this.#draft.request(this.#cseq, local, this.#digest.headers);
    const tried = this.#cseq;
    const transaction = transactions.request(request, this.#hop, local, {
      response: response => this.#response(transaction, response),
      failed: failure => this.#failed(failure),
      terminated: () => {
        if (tried === this.#cseq) this.#done();
      },
    });
    this.#transaction = transaction;
  }

  #sendFailed(error: unknown): void {
    const known = error instanceof CrosspointError ? error : new CrosspointError('sip.send-failed', messageOf(error));
    this.#fail({ status: null, phrase: known.message, cause: 'transport', error: known });
    this.#done();
  }

  #response(invite: ClientTransaction, response: SipResponse): void {
    if (response.status < 200) this.#progress(invite, response);
    else if (response.status < 300) this.#success(invite, response);
    else this.#refused(invite, response);
  }

  #progress(invite: ClientTransaction, response: SipResponse): void {
    this.#provisional = true;
    if (this.#givenUp) {
      this.#sendCancel();
      return;
    }
    if (response.status === 100 || this.#settled) return;
    this.#openEarly(invite, response);
    this.#listener.progress(response.status, response.reason, response.headers, response.body);
  }

  /** §12.1: a provisional response with a tag makes an early dialog, one for each branch of a fork. */
  #openEarly(invite: ClientTransaction, response: SipResponse): void {
    const tag = tagOf(response.headers.get('To') ?? '');
    if (tag === null || this.#early.has(tag) || this.#early.size >= MAX_FORKS) return;
    try {
      const dialog = this.#dialog(invite, response);
      this.#early.set(tag, dialog);
      dialog.open();
    } catch (error) {
      // A route that cannot be read ends the call only if it comes again with the answer.
      if (!(error instanceof SipParseError)) throw error;
    }
  }

  #success(invite: ClientTransaction, response: SipResponse): void {
    try {
      this.#acknowledge(invite, response);
    } catch (error) {
      if (!(error instanceof SipParseError)) throw error;
      const phrase = `the answer cannot be acknowledged: ${error.message}`;
      this.#fail({ status: null, phrase, cause: 'transport', error });
    }
  }

  #acknowledge(invite: ClientTransaction, response: SipResponse): void {
    const tag = tagOf(response.headers.get('To') ?? '') ?? '';
    const { number } = parseCSeq(invite.request.headers.get('CSeq') ?? '');
    const known = this.#confirmed.get(tag);
    if (known) {
      known.acknowledge(number, this.#digest.headers);
      return;
    }
    if (this.#confirmed.size >= MAX_FORKS) return;
    this.#closeEarly();
    const dialog = this.#dialog(invite, response);
    this.#confirmed.set(tag, dialog);
    dialog.open();
    dialog.acknowledge(number, this.#digest.headers);
    this.#stopTimers();
    if (this.#settled || this.#givenUp) {
      // §13.2.2.4: answered by a second branch, or after we gave up: the dialog is real and has to be ended.
      void dialog.bye();
      return;
    }
    this.#settle();
    this.#listener.accepted(dialog, response.body, response.headers);
  }

  #refused(invite: ClientTransaction, response: SipResponse): void {
    if (!this.#givenUp && this.#digest.answer(invite.request, response)) {
      // §22.2: the same call, a new transaction: next CSeq, new branch.
      this.#cseq += 1;
      this.#provisional = false;
      this.#closeEarly();
      try {
        this.#send();
      } catch (error) {
        this.#sendFailed(error);
      }
      return;
    }
    this.#stopTimers();
    const { status, headers } = response;
    this.#fail({ status, phrase: response.reason || phraseOf(status), cause: 'response', headers });
  }

  #failed(failure: ClientFailure): void {
    if (failure.cause === 'timeout') {
      this.#fail({ status: null, phrase: 'no response (Timer B)', cause: 'timeout', timer: 'B' });
      return;
    }
    const error = new CrosspointError('sip.send-failed', `the INVITE could not be sent: ${failure.error.message}`, {
      cause: failure.error,
      retriable: true,
    });
    this.#fail({ status: null, phrase: error.message, cause: 'transport', error });
  }

  #giveUp(cause: 'cancelled' | 'ring-limit'): void {
    if (this.#givenUp || this.#settled) return;
    this.#givenUp = true;
    this.#ringLimit?.stop();
    if (this.#provisional) this.#sendCancel();
    const phrase = cause === 'cancelled' ? 'cancelled' : 'nobody answered in time';
    // After the caller of `cancel` is done with its own state.
    queueMicrotask(() => this.#fail({ status: null, phrase, cause }));
  }

  #sendCancel(): void {
    if (this.#cancelSent || !this.#transaction) return;
    this.#cancelSent = true;
    const { clock, timers, transactions, log } = this.#stack;
    const invite = this.#transaction;
    this.#cancelLimit = clock.after(transactionTimeoutMs(timers), () => invite.terminate());
    try {
      // Its own answer says nothing that the INVITE's final response does not say too.
      transactions.cancel(invite, { response: () => {}, failed: () => {} });
    } catch (error) {
      log.warn({ err: error, sipCallId: this.callId }, 'a CANCEL could not be sent');
    }
  }

  #fail(failure: InviteFailure): void {
    if (this.#settled) return;
    this.#settle();
    this.#closeEarly();
    try {
      this.#listener.failed(failure);
    } catch (error) {
      this.#stack.log.error({ err: error, sipCallId: this.callId }, 'the owner of an INVITE failed');
    }
  }

  #settle(): void {
    this.#settled = true;
    this.#ringLimit?.stop();
    this.#ringLimit = null;
  }

  #dialog(invite: ClientTransaction, response: SipResponse): Dialog {
    const { hop, local } = invite.path;
    const state = dialogOfResponse(invite.request, response);
    return new Dialog({ stack: this.#stack, state, peer: hop, local, credentials: this.#options.auth ?? null });
  }

  #closeEarly(): void {
    for (const dialog of this.#early.values()) dialog.close();
    this.#early.clear();
  }

  #stopTimers(): void {
    this.#ringLimit?.stop();
    this.#cancelLimit?.stop();
    this.#ringLimit = null;
    this.#cancelLimit = null;
  }

  /** The last transaction is over: nothing of the far end can reach this any more. */
  #done(): void {
    this.#stopTimers();
    this.#closeEarly();
    this.#transaction = null;
    this.#confirmed.clear();
  }
}
