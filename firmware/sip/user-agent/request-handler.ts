import { answerSessionTimer, type SessionTimerSettings } from '../dialog/session-timer.ts';
import type { Stack } from '../dialog/stack.ts';
import { ACCEPT, allowOutside, isOwnedOutside, SUPPORTED } from '../message/capabilities.ts';
import { SipParseError } from '../message/errors.ts';
import type { SipRequest } from '../message/message.ts';
import type { InviteServerTransaction } from '../transaction/invite-server.ts';
import { newTag } from '../transaction/random-token.ts';
import { createResponse } from '../transaction/response.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { TransactionUser } from '../transaction/transaction-layer.ts';
import type { Arrival } from '../transport/transport-layer.ts';
import { IncomingInvite, type InviteTerms } from './incoming-invite.ts';
import { IncomingRequest } from './incoming-request.ts';
import { replacedDialog } from './replaced-dialog.ts';
import { check, isInDialog, type Refusal } from './request-checks.ts';

/** Who takes what begins something, as it is at this moment. */
export interface Owners {
  readonly onInvite: (invite: IncomingInvite) => void;
  /** Null: such requests are answered 405. */
  readonly onRequest: ((request: IncomingRequest) => void) | null;
  /** Nothing new is begun any more. */
  readonly draining: boolean;
}

/** RFC 3261 §21.5.4: another box, or this one after its restart, takes the call. */
const DRAINING: Refusal = { status: 503, headers: [['Retry-After', '30']] };

/** What comes in and is new: checks, OPTIONS, requests of dialogs, and for their owners what begins something. */
export class RequestHandler implements TransactionUser {
  readonly #stack: Stack;
  readonly #owners: Owners;
  readonly #sessionTimer: SessionTimerSettings;

  constructor(stack: Stack, owners: Owners, sessionTimer: SessionTimerSettings) {
    this.#stack = stack;
    this.#owners = owners;
    this.#sessionTimer = sessionTimer;
  }

  invite(transaction: InviteServerTransaction, received: SipRequest, arrival: Arrival): void {
    const request = this.#checked(transaction, received, arrival);
    if (!request) return;
    if (isInDialog(request)) {
      const dialog = this.#stack.dialogs.of(request);
      if (dialog) dialog.handleInvite(transaction, request, arrival);
      else answer(transaction, request, { status: 481 });
    } else if (this.#owners.draining) answer(transaction, request, DRAINING);
    else this.#offer(transaction, request, arrival);
  }

  request(transaction: ServerTransaction, received: SipRequest, arrival: Arrival): void {
    const request = this.#checked(transaction, received, arrival);
    if (!request) return;
    if (isInDialog(request)) {
      const dialog = this.#stack.dialogs.of(request);
      // Of a dialog that is gone, or never was (§15.1.2).
      if (dialog) dialog.handleRequest(transaction, request, arrival);
      else answer(transaction, request, { status: 481 });
    } else if (request.method === 'OPTIONS') answer(transaction, request, this.#options());
    else this.#outside(transaction, request, arrival);
  }

  acknowledged(ack: SipRequest): void {
    this.#stack.dialogs.of(ack)?.acknowledged(ack);
  }

  /** Null when it has been refused. */
  #checked(transaction: ServerTransaction, request: SipRequest, arrival: Arrival): SipRequest | null {
    const owned = this.#owners.onRequest !== null;
    const checked = check(request, { secure: arrival.source.transport === 'tls', owned });
    if (checked.kind === 'request') return checked.request;
    answer(transaction, request, checked.refusal);
    return null;
  }

  #options(): Refusal {
    if (this.#owners.draining) return DRAINING;
    return { status: 200, headers: [allowOutside(this.#owners.onRequest !== null), ACCEPT, SUPPORTED] };
  }

  #offer(transaction: InviteServerTransaction, request: SipRequest, arrival: Arrival): void {
    const terms = this.#terms(request);
    if ('status' in terms) {
      answer(transaction, request, terms);
      return;
    }
    const invite = this.#read(transaction, request, arrival, terms);
    if (!invite) return;
    invite.start();
    try {
      this.#owners.onInvite(invite);
    } catch (error) {
      this.#stack.log.error({ err: error, sipCallId: invite.callId }, 'the owner of an INVITE failed');
      invite.reject(500);
    }
  }

  #terms({ headers }: SipRequest): InviteTerms | Refusal {
    const sessionTimer = answerSessionTimer(headers, this.#sessionTimer);
    if (sessionTimer.kind === 'too-small') return { status: 422, headers: sessionTimer.headers };
    const replacement = replacedDialog(headers, this.#stack.dialogs);
    if (replacement.kind === 'refused') return { status: replacement.status };
    return { sessionTimer, replaces: replacement.kind === 'dialog' ? replacement.dialog : null };
  }

  /** Null when it has been refused. */
  #read(
    transaction: InviteServerTransaction,
    request: SipRequest,
    arrival: Arrival,
    terms: InviteTerms,
  ): IncomingInvite | null {
    try {
      return new IncomingInvite(this.#stack, transaction, request, arrival, terms);
    } catch (error) {
      if (!(error instanceof SipParseError)) throw error;
      answer(transaction, request, { status: error.status });
      return null;
    }
  }

  /** What is left outside of dialogs: requests for their owner, and BYE, PRACK or UPDATE of nothing (§15.1.2). */
  #outside(transaction: ServerTransaction, request: SipRequest, arrival: Arrival): void {
    const { onRequest } = this.#owners;
    if (!onRequest || !isOwnedOutside(request.method)) {
      answer(transaction, request, { status: 481 });
      return;
    }
    const incoming = new IncomingRequest(this.#stack, transaction, request, arrival);
    try {
      onRequest(incoming);
      incoming.limit();
    } catch (error) {
      this.#stack.log.error({ err: error, method: request.method }, 'the owner of a request failed');
      incoming.respond(500);
    }
  }
}

/** Answers at once; the tag matters only outside of dialogs. */
function answer(transaction: ServerTransaction, request: SipRequest, { status, reason, headers }: Refusal): void {
  const optional = { ...(reason === undefined ? {} : { reason }), ...(headers === undefined ? {} : { headers }) };
  transaction.respond(createResponse(request, status, { toTag: newTag(), ...optional }));
}
