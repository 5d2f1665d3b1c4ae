import { ACCEPT, ALLOW, isKnownMethod } from '../message/capabilities.ts';
import { parseCSeq } from '../message/cseq.ts';
import { SipParseError } from '../message/errors.ts';
import type { Headers } from '../message/headers.ts';
import type { SipRequest } from '../message/message.ts';
import type { InviteServerTransaction } from '../transaction/invite-server.ts';
import { createResponse } from '../transaction/response.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { Arrival } from '../transport/transport-layer.ts';
import type { DialogCore } from './dialog-core.ts';
import { SUPPORTED_IN_DIALOG } from './dialog-sender.ts';
import { IncomingChange } from './incoming-change.ts';
import { IncomingDialogRequest } from './incoming-dialog-request.ts';
import { answerSessionTimer, LEAST_MIN_SE_S } from './session-timer.ts';

type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** Requests of the far end that wait for the owner's answer; more than that is no conversation. */
const MAX_UNFINISHED = 32;
const OWNED: ReadonlySet<string> = new Set(['INFO', 'REFER', 'NOTIFY', 'SUBSCRIBE', 'MESSAGE']);

/** What the dialog itself, rather than its owner, has to do with a request. */
export interface IncomingHooks {
  /** Null: nobody waits for one. */
  readonly onPrack: ((request: SipRequest, transaction: ServerTransaction) => void) | null;
  remoteBye(headers: Headers): void;
}

/** Requests of the far end in the dialog (RFC 3261 §12.2.2): their order, and who answers. */
export class DialogIncoming {
  readonly #core: DialogCore;
  readonly #hooks: IncomingHooks;
  #remoteSeq: number | null;

  constructor(core: DialogCore, hooks: IncomingHooks) {
    this.#core = core;
    this.#hooks = hooks;
    this.#remoteSeq = core.path.state.remoteSeq;
  }

  request(transaction: ServerTransaction, request: SipRequest, arrival: Arrival): void {
    if (!this.#begin(transaction, request, arrival)) return;
    const { method } = request;
    if (method === 'BYE') {
      answer(transaction, request, 200);
      this.#hooks.remoteBye(request.headers);
    } else if (this.#core.over) answer(transaction, request, 481);
    else if (method === 'PRACK') this.#prack(transaction, request);
    else if (method === 'UPDATE') this.#update(transaction, request, arrival);
    else if (method === 'OPTIONS') answer(transaction, request, 200, [ALLOW, ACCEPT, SUPPORTED_IN_DIALOG]);
    else if (OWNED.has(method)) this.#owned(transaction, request);
    else answer(transaction, request, isKnownMethod(method) ? 405 : 501, [ALLOW]);
  }

  invite(transaction: InviteServerTransaction, request: SipRequest, arrival: Arrival): void {
    if (!this.#begin(transaction, request, arrival)) return;
    const { over, confirmed, role, unacknowledged, offers } = this.#core;
    if (over) answer(transaction, request, 481);
    else if (!confirmed) this.#notNow(transaction, request, role === 'uac' ? 491 : 500);
    else {
      if (offers.outstanding === null) unacknowledged.implied();
      this.#change(transaction, request, arrival, 'INVITE');
    }
  }

  /** §12.2.2: false when it has been answered 500, being older than one that has been seen. */
  #begin(transaction: ServerTransaction, request: SipRequest, arrival: Arrival): boolean {
    try {
      const { number } = parseCSeq(request.headers.get('CSeq') ?? '');
      if (this.#remoteSeq !== null && number < this.#remoteSeq) {
        answer(transaction, request, 500, [], 'CSeq Out Of Order');
        return false;
      }
      this.#remoteSeq = number;
      this.#core.path.seen(arrival.source);
      return true;
    } catch (error) {
      if (!(error instanceof SipParseError)) throw error;
      answer(transaction, request, error.status);
      return false;
    }
  }

  #prack(transaction: ServerTransaction, request: SipRequest): void {
    const { onPrack } = this.#hooks;
    if (onPrack) this.#core.guard(() => onPrack(request, transaction));
    if (!transaction.answered) answer(transaction, request, onPrack ? 500 : 481);
  }

  #update(transaction: ServerTransaction, request: SipRequest, arrival: Arrival): void {
    if (request.body.length > 0) {
      this.#change(transaction, request, arrival, 'UPDATE');
      return;
    }
    const timer = this.#timer(request);
    if (timer.kind === 'too-small') {
      answer(transaction, request, 422, timer.headers);
      return;
    }
    const { contact, path, owner } = this.#core;
    path.refresh(request);
    const headers = timer.kind === 'agreed' ? timer.headers : [];
    answer(transaction, request, 200, [['Contact', contact], ALLOW, SUPPORTED_IN_DIALOG, ...headers]);
    if (timer.kind === 'agreed') owner.startSessionTimer(timer.terms);
  }

  #change(transaction: ServerTransaction, request: SipRequest, arrival: Arrival, method: 'INVITE' | 'UPDATE'): void {
    const { offers, owner, unacknowledged } = this.#core;
    const { listener } = owner;
    const refusal = offers.refusal(unacknowledged.pending);
    const timer = this.#timer(request);
    if (refusal !== null) this.#notNow(transaction, request, refusal);
    else if (timer.kind === 'too-small') answer(transaction, request, 422, timer.headers);
    else if (!listener?.change) {
      // §14.2: the session stays as it is, and the call with it.
      const warning = `399 ${arrival.local.sentBy} "the session cannot be changed"`;
      answer(transaction, request, 488, [['Warning', warning]]);
    } else new IncomingChange(this.#core, transaction, request, method, timer).start(each => listener.change?.(each));
  }

  /** §14.2: 500 says when to come again; after 491 the far end draws its own lot (§14.1). */
  #notNow(transaction: ServerTransaction, request: SipRequest, status: 491 | 500): void {
    const later = () => ['Retry-After', String(Math.floor(11 * this.#core.stack.resolver.random()))] as const;
    answer(transaction, request, status, status === 500 ? [later()] : []);
  }

  #timer({ headers }: SipRequest) {
    const terms = this.#core.keeper?.terms ?? null;
    return answerSessionTimer(headers, { minS: terms?.minS ?? LEAST_MIN_SE_S }, terms);
  }

  #owned(transaction: ServerTransaction, request: SipRequest): void {
    const { owner, unfinished } = this.#core;
    const { listener } = owner;
    if (unfinished.size >= MAX_UNFINISHED) answer(transaction, request, 503, [['Retry-After', '5']]);
    else if (listener?.request) {
      new IncomingDialogRequest(this.#core, transaction, request).start(each => listener.request?.(each));
    } else if (request.method !== 'INFO') answer(transaction, request, 405, [allowWithoutOwner()]);
    // RFC 2976 §2.2: an INFO without a body asks only whether the call is there.
    else if (request.body.length === 0) answer(transaction, request, 200);
    else answer(transaction, request, 415, [ACCEPT]);
  }
}

/** What is answered in a dialog whose owner takes no requests. */
function allowWithoutOwner(): readonly [name: string, value: string] {
  const methods = ALLOW[1].split(', ').filter(method => method === 'INFO' || !OWNED.has(method));
  return ['Allow', methods.join(', ')];
}

function answer(
  transaction: ServerTransaction,
  request: SipRequest,
  status: number,
  headers: HeaderPairs = [],
  reason?: string,
): void {
  transaction.respond(createResponse(request, status, { headers, ...(reason === undefined ? {} : { reason }) }));
}
