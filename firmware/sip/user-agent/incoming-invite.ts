import type { Timer } from '../../base/clock.ts';
import { Dialog, type ExtraHeaders } from '../dialog/dialog.ts';
import { type DialogState, dialogOfRequest } from '../dialog/dialog-state.ts';
import type { Stack } from '../dialog/stack.ts';
import type { SipRequest } from '../message/message.ts';
import { type NameAddr, parseNameAddr } from '../message/name-addr.ts';
import { parseUri } from '../message/uri.ts';
import type { InviteServerTransaction } from '../transaction/invite-server.ts';
import { newTag } from '../transaction/random-token.ts';
import { createResponse } from '../transaction/response.ts';
import type { Source } from '../transport/hop.ts';
import type { Arrival } from '../transport/transport-layer.ts';
import { ALLOW, SUPPORTED } from '../message/capabilities.ts';
import { contactValue } from './contact.ts';

/** What the owner of an INVITE that came in hears; each at most once. */
export interface IncomingInviteListener {
  /** The ACK of our 2xx is here. */
  confirmed(dialog: Dialog): void;
  /** 64·T1 without an ACK: the dialog has been ended by BYE (RFC 3261 §13.3.1.4). */
  ackTimeout(): void;
  /** The caller gave up before an answer (CANCEL, BYE, or its Expires); it has been answered 487. */
  cancelled(): void;
}

/** §13.3.1.1: proxies forget a call that has been silent for three minutes. */
const RING_AGAIN_MS = 60_000;
/** A day: longer than any ringing, short enough for a timer. */
const MAX_EXPIRES_S = 86_400;

/**
 * The UAS core of one INVITE (RFC 3261 §13.3).
 *
 *     offered ── ring ─▶ ringing ── accept: 2xx ─▶ accepted ── ACK ─▶ confirmed
 *        │  └───────────── accept ───│──────────────▲ └─ 64·T1: BYE ─▶ ended
 *        └── reject, CANCEL, BYE ────┴──▶ ended
 */
export class IncomingInvite {
  listener: IncomingInviteListener | null = null;
  readonly request: SipRequest;
  readonly source: Source;
  readonly callId: string;
  /** User part of the Request-URI, unescaped; '' when there is none. */
  readonly calledUser: string;
  readonly from: NameAddr;
  readonly #stack: Stack;
  readonly #transaction: InviteServerTransaction;
  readonly #arrival: Arrival;
  readonly #state: DialogState;
  readonly #dialog: Dialog;
  #stage: 'offered' | 'ringing' | 'accepted' | 'ended' = 'offered';
  #ringAgain: Timer | null = null;
  #expires: Timer | null = null;

  /** @throws SipParseError when Contact, Record-Route or the addresses cannot be read */
  constructor(stack: Stack, transaction: InviteServerTransaction, request: SipRequest, arrival: Arrival) {
    this.#stack = stack;
    this.#transaction = transaction;
    this.#arrival = arrival;
    this.request = request;
    this.source = arrival.source;
    this.callId = request.headers.get('Call-ID') ?? '';
    this.calledUser = parseUri(request.uri).user ?? '';
    this.from = parseNameAddr(request.headers.get('From') ?? '');
    this.#state = dialogOfRequest(request, newTag());
    const { source: peer, local } = arrival;
    this.#dialog = new Dialog({ stack, state: this.#state, peer, local, credentials: null });
  }

  /** Sends 180; once is enough, it is repeated each minute. */
  ring(): void {
    if (this.#stage !== 'offered') return;
    this.#stage = 'ringing';
    this.#openEarly();
    this.#ring();
  }

  /**
   * Answers 200 with that session description. The dialog is usable at once (a BYE waits for the ACK); set its
   * listener now. Null when the INVITE has ended meanwhile.
   * @throws CrosspointError sip.header-name, sip.line-break; nothing has been sent then
   */
  accept(body: Buffer, headers: ExtraHeaders = []): Dialog | null {
    if (this.#stage === 'accepted' || this.#stage === 'ended') return null;
    const response = this.#response(200, undefined, [...this.#dialogHeaders(), SUPPORTED, ...headers], body);
    if (body.length > 0) response.headers.set('Content-Type', 'application/sdp');
    this.#stopTimers();
    this.#stage = 'accepted';
    const dialog = this.#dialog;
    dialog.open();
    dialog.listener = null;
    this.#transaction.respond(response);
    dialog.awaitAck(() => this.#transaction.repeatSuccess(), {
      acknowledged: () => {
        this.#transaction.successConfirmed();
        this.listener?.confirmed(dialog);
      },
      timedOut: () => this.listener?.ackTimeout(),
    });
    return dialog;
  }

  /** Sends a final failure, 300–699. Harmless when the INVITE has been answered. @throws as `accept` */
  reject(status: number, phrase?: string, headers: ExtraHeaders = []): void {
    if (this.#stage === 'accepted' || this.#stage === 'ended') return;
    const response = this.#response(status, phrase, headers);
    this.#end();
    this.#transaction.respond(response);
  }

  /** The caller takes it back (§9.2). */
  #cancelled(): void {
    if (this.#stage === 'accepted' || this.#stage === 'ended') return;
    this.reject(487);
    this.listener?.cancelled();
  }

  /** From now on the caller may cancel; its Expires is heeded (§13.3.1). */
  start(): void {
    this.#transaction.whenCancelled = () => this.#cancelled();
    const expires = this.request.headers.get('Expires')?.trim() ?? '';
    if (!/^\d{1,10}$/.test(expires)) return;
    const seconds = Math.min(Number(expires), MAX_EXPIRES_S);
    this.#expires = this.#stack.clock.after(1000 * seconds, () => this.#cancelled());
  }

  #ring(): void {
    this.#transaction.respond(this.#response(180, undefined, this.#dialogHeaders()));
    this.#ringAgain = this.#stack.clock.after(RING_AGAIN_MS, () => this.#ring());
  }

  /** From the first response with our tag the caller may send requests in the dialog, BYE among them (§15). */
  #openEarly(): void {
    this.#dialog.open();
    this.#dialog.listener = { ended: () => this.#cancelled() };
  }

  #dialogHeaders(): (readonly [string, string])[] {
    const contact = contactValue(this.#arrival.local, this.calledUser || null);
    // §12.1.1: Record-Route is copied, all of it and in order.
    return [...this.#state.routeSet.map(route => ['Record-Route', route] as const), ['Contact', contact], ALLOW];
  }

  #response(status: number, reason: string | undefined, headers: ExtraHeaders, body?: Buffer) {
    const toTag = this.#state.localTag;
    const optional = { ...(reason === undefined ? {} : { reason }), ...(body === undefined ? {} : { body }) };
    return createResponse(this.request, status, { toTag, headers, ...optional });
  }

  #end(): void {
    this.#stage = 'ended';
    this.#stopTimers();
    this.#dialog.listener = null;
    this.#dialog.close();
  }

  #stopTimers(): void {
    this.#ringAgain?.stop();
    this.#expires?.stop();
    this.#ringAgain = null;
    this.#expires = null;
  }
}
