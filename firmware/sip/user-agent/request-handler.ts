import type { Stack } from '../dialog/stack.ts';
import { SipParseError } from '../message/errors.ts';
import type { SipRequest } from '../message/message.ts';
import { tagOf } from '../message/name-addr.ts';
import type { InviteServerTransaction } from '../transaction/invite-server.ts';
import { newTag } from '../transaction/random-token.ts';
import { createResponse } from '../transaction/response.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { TransactionUser } from '../transaction/transaction-layer.ts';
import type { Arrival } from '../transport/transport-layer.ts';
import { ACCEPT, ALLOW, SUPPORTED } from './capabilities.ts';
import { IncomingInvite } from './incoming-invite.ts';
import { type Refusal, refusalOf } from './request-checks.ts';

/** What comes in and is new: checks, OPTIONS, requests of dialogs, and new INVITEs for their owner. */
export class RequestHandler implements TransactionUser {
  readonly #stack: Stack;
  readonly #offer: (invite: IncomingInvite) => void;

  constructor(stack: Stack, offer: (invite: IncomingInvite) => void) {
    this.#stack = stack;
    this.#offer = offer;
  }

  invite(transaction: InviteServerTransaction, request: SipRequest, arrival: Arrival): void {
    const refusal = refusalOf(request) ?? (isInDialog(request) ? this.#reinviteRefusal(request, arrival) : null);
    if (refusal) {
      answer(transaction, request, refusal);
      return;
    }
    const invite = this.#read(transaction, request, arrival);
    if (!invite) return;
    invite.start();
    try {
      this.#offer(invite);
    } catch (error) {
      this.#stack.log.error({ err: error, sipCallId: invite.callId }, 'the owner of an INVITE failed');
      invite.reject(500);
    }
  }

  request(transaction: ServerTransaction, request: SipRequest): void {
    const refusal = refusalOf(request) ?? (isInDialog(request) ? this.#dialogRefusal(request) : null);
    if (refusal) answer(transaction, request, refusal);
    else if (request.method === 'OPTIONS')
      answer(transaction, request, { status: 200, headers: [ALLOW, ACCEPT, SUPPORTED] });
    else this.#bye(transaction, request);
  }

  acknowledged(ack: SipRequest): void {
    this.#stack.dialogs.of(ack)?.acknowledged(ack);
  }

  #read(transaction: InviteServerTransaction, request: SipRequest, arrival: Arrival): IncomingInvite | null {
    try {
      return new IncomingInvite(this.#stack, transaction, request, arrival);
    } catch (error) {
      if (!(error instanceof SipParseError)) throw error;
      answer(transaction, request, { status: error.status });
      return null;
    }
  }

  #bye(transaction: ServerTransaction, request: SipRequest): void {
    const dialog = this.#stack.dialogs.of(request);
    // A BYE outside of any dialog is as unknown as one of a dialog that is gone (§15.1.2).
    answer(transaction, request, { status: dialog ? 200 : 481 });
    dialog?.remoteBye(request.headers);
  }

  #dialogRefusal(request: SipRequest): Refusal | null {
    const dialog = this.#stack.dialogs.of(request);
    if (!dialog) return { status: 481 };
    return dialog.inOrder(request) ? null : { status: 500, reason: 'CSeq Out Of Order' };
  }

  /** The session stays as it is (§14.2): a change of media is not offered yet, and 488 leaves the call alone. */
  #reinviteRefusal(request: SipRequest, arrival: Arrival): Refusal {
    const warning = `399 ${arrival.local.sentBy} "the session cannot be changed"`;
    return this.#dialogRefusal(request) ?? { status: 488, headers: [['Warning', warning]] };
  }
}

function isInDialog(request: SipRequest): boolean {
  return tagOf(request.headers.get('To') ?? '') !== null;
}

/** Answers at once; the tag matters only outside of dialogs. */
function answer(transaction: ServerTransaction, request: SipRequest, { status, reason, headers }: Refusal): void {
  const optional = { ...(reason === undefined ? {} : { reason }), ...(headers === undefined ? {} : { headers }) };
  transaction.respond(createResponse(request, status, { toTag: newTag(), ...optional }));
}
