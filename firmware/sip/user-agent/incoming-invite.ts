import type { Timer } from '../../base/clock.ts';
import { Dialog } from '../dialog/dialog.ts';
import type { DialogEnd, DialogListener, ExtraHeaders } from '../dialog/dialog-listener.ts';
import { dialogOfRequest } from '../dialog/dialog-state.ts';
import { descriptionIn } from '../dialog/session-description.ts';
import type { SessionTimerAnswer } from '../dialog/session-timer.ts';
import type { Stack } from '../dialog/stack.ts';
import { parseCSeq } from '../message/cseq.ts';
import { Headers } from '../message/headers.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { formatNameAddr, type NameAddr, parseNameAddr } from '../message/name-addr.ts';
import { parseUri } from '../message/uri.ts';
import type { InviteServerTransaction } from '../transaction/invite-server.ts';
import { newTag } from '../transaction/random-token.ts';
import type { Source } from '../transport/hop.ts';
import type { Arrival } from '../transport/transport-layer.ts';
import { contactValue, wantsSips } from './contact.ts';
import type { IncomingInviteListener, InviteEnd } from './incoming-invite-listener.ts';
import { InviteResponses } from './invite-responses.ts';
import { PrackAnswers } from './prack-answers.ts';
import { ReliableProvisionals, reliableWanted } from './reliable-provisionals.ts';

/** What the checks before have found out about an INVITE. */
export interface InviteTerms {
  /** RFC 3891: the dialog that the new one is to take the place of. */
  readonly replaces: Dialog | null;
  /** RFC 4028: what the 2xx says of it. */
  readonly sessionTimer: SessionTimerAnswer;
}

/** §13.3.1.1: proxies forget a call that has been silent for three minutes. */
const RING_AGAIN_MS = 60_000;
/** A day: longer than any ringing, short enough for a timer. */
const MAX_EXPIRES_S = 86_400;
const NO_BODY = Buffer.alloc(0);

/**
 * The UAS core of one INVITE (RFC 3261 §13.3, RFC 3262).
 *
 *     offered ── 1xx ─▶ early ── accept ─▶ accepting ── PRACK ─▶ accepted ── ACK ─▶ confirmed
 *        │  └──────── accept ──│──────────────│─────────────────────▲ └─ 64·T1: BYE ─▶ ended
 *        └── reject, CANCEL, BYE, Expires ────┴──▶ ended
 *
 * `accepting` only while a reliable 1xx with a session description has not been acknowledged.
 */
export class IncomingInvite {
  listener: IncomingInviteListener | null = null;
  readonly request: SipRequest;
  readonly source: Source;
  /** Who digest says it is; null for sources that are known by their address. */
  readonly user: string | null;
  readonly callId: string;
  /** User part of the Request-URI, unescaped; '' when there is none. */
  readonly calledUser: string;
  readonly from: NameAddr;
  /** Ours, as the responses that make a dialog have it: where the caller's ACK and BYE are to go. */
  readonly contact: string;
  /** The caller wants our offer, in the 2xx or in a reliable 1xx; `listener.answered` brings its answer. */
  readonly offerless: boolean;
  /** Whether 1xx responses may or must be acknowledged by PRACK. */
  readonly reliableWanted: 'required' | 'supported' | 'no';
  /** RFC 3891: accepted, this call takes the place of that one, which its owner ends then. */
  readonly replaces: Dialog | null;
  readonly #stack: Stack;
  readonly #transaction: InviteServerTransaction;
  readonly #sessionTimer: SessionTimerAnswer;
  readonly #responses: InviteResponses;
  readonly #dialog: Dialog;
  #stage: 'offered' | 'early' | 'accepting' | 'accepted' | 'ended' = 'offered';
  #rung = false;
  #reliable: ReliableProvisionals | null = null;
  /** Ours was offered and theirs has come. */
  #answered = false;
  #again: Timer | null = null;
  #expires: Timer | null = null;

  /** @throws SipParseError when Contact, Record-Route or the addresses cannot be read */
  constructor(
    stack: Stack,
    transaction: InviteServerTransaction,
    request: SipRequest,
    arrival: Arrival,
    terms: InviteTerms,
  ) {
    this.#stack = stack;
    this.#transaction = transaction;
    this.request = request;
    this.source = arrival.source;
    this.user = arrival.user;
    this.callId = request.headers.get('Call-ID') ?? '';
    this.calledUser = parseUri(request.uri).user ?? '';
    this.from = parseNameAddr(request.headers.get('From') ?? '');
    this.offerless = request.body.length === 0;
    this.reliableWanted = reliableWanted(request.headers);
    this.replaces = terms.replaces;
    this.#sessionTimer = terms.sessionTimer;
    const state = dialogOfRequest(request, newTag());
    const { source: peer, local } = arrival;
    const contact = contactValue(local, this.calledUser || null, wantsSips(request));
    this.contact = contact;
    this.#responses = new InviteResponses(request, state, contact);
    this.#dialog = new Dialog({ stack, state, peer, local, credentials: null, contact, role: 'uas' });
    if (!this.offerless) this.#dialog.offers.outstanding = 'theirs';
  }

  /** From now on the caller may cancel; its Expires is heeded (§13.3.1). */
  start(): void {
    this.#transaction.whenCancelled = cancel => this.#takenBack('cancel', cancel.headers);
    const expires = this.request.headers.get('Expires')?.trim() ?? '';
    if (!/^\d{1,10}$/.test(expires)) return;
    const milliseconds = 1000 * Math.min(Number(expires), MAX_EXPIRES_S);
    this.#expires = this.#stack.clock.after(milliseconds, () => this.#takenBack('expires'));
  }

  /** Sends 180; once is enough. */
  ring(): void {
    if (this.#rung) return;
    this.progress(180);
  }

  /**
   * Sends a provisional response, 101–199, with a session description or without; the last one is repeated each minute.
   * `reliable` asks for a PRACK where the caller supports it; where it requires one, every response is reliable. An
   * offer of ours (offerless INVITE) only goes out in a reliable one (§13.2.1): otherwise it is left out.
   * Harmless when the INVITE has been answered.
   * @throws CrosspointError sip.bad-status, sip.header-name, sip.line-break; nothing has been sent then
   */
  progress(status: number, body: Buffer = NO_BODY, headers: ExtraHeaders = [], reliable = false): void {
    if (this.#stage !== 'offered' && this.#stage !== 'early') return;
    const wanted = reliable || (this.offerless && body.length > 0);
    const prack = this.reliableWanted === 'required' || (this.reliableWanted === 'supported' && wanted);
    const told = this.offerless && !prack ? NO_BODY : body;
    const extra = [...headers];
    const response = this.#responses.provisional(status, extra, told);
    if (status === 180) this.#rung = true;
    this.#openEarly();
    if (told.length > 0) this.#described(told, prack);
    if (prack) this.#reliably().add(response);
    else this.#transaction.respond(response);
    this.#again?.stop();
    const repeated = prack ? NO_BODY : told;
    this.#again = this.#stack.clock.after(RING_AGAIN_MS, () => this.progress(status, repeated, extra));
  }

  /**
   * Answers 200 with that session description: the answer, or our offer when the INVITE had none. The dialog is usable at
   * once (a BYE waits for the ACK); set its listener now. The 200 waits for the PRACK of a reliable 1xx with a session
   * description (RFC 3262 §3); what ends the call meanwhile is told to the dialog's listener.
   * Null when the INVITE has ended meanwhile.
   * @throws CrosspointError sip.header-name, sip.line-break; nothing has been sent then
   */
  accept(body: Buffer, headers: ExtraHeaders = []): Dialog | null {
    if (this.#stage !== 'offered' && this.#stage !== 'early') return null;
    // The PRACK has brought the answer: another description in the 200 would be a new offer (RFC 3262 §5).
    const told = this.#answered ? NO_BODY : body;
    const response = this.#responses.success(this.#sessionTimer, headers, told);
    this.#stopTimers();
    const dialog = this.#dialog;
    dialog.open();
    dialog.listener = null;
    if (told.length > 0) this.#described(told, true);
    dialog.awaitAck(() => this.#transaction.repeatSuccess(), {
      acknowledged: ack => this.#acknowledged(ack),
      timedOut: () => this.listener?.ackTimeout(),
    });
    this.#stage = 'accepting';
    if (this.#reliable?.holdsDescription) this.#reliable.settle(() => this.#succeed(response));
    else this.#succeed(response);
    return dialog;
  }

  /**
   * Sends a final failure, 300–699, with Reason, Retry-After or Warning among the headers where they say more.
   * Harmless when the INVITE has been answered. @throws as `progress`
   */
  reject(status: number, phrase?: string, headers: ExtraHeaders = []): void {
    const response = this.#responses.failure(status, phrase, headers);
    if (this.#stage !== 'offered' && this.#stage !== 'early') return;
    // First what may fail.
    this.#transaction.respond(response);
    this.#end();
  }

  /**
   * 302: the caller is to try those URIs, the first one first (§21.3.3).
   * @throws CrosspointError sip.bad-uri, and as `accept`
   */
  redirect(uris: readonly string[], headers: ExtraHeaders = []): void {
    const contacts = uris.map((uri, index): readonly [string, string] => {
      const params = new Map([['q', Math.max(0, 1 - index / 10).toFixed(1)]]);
      return ['Contact', formatNameAddr({ displayName: null, uri, params })];
    });
    this.reject(302, undefined, [...contacts, ...headers]);
  }

  /** For UPDATE, INFO and the like before the answer; usable from the first provisional response on. */
  get earlyDialog(): Dialog {
    return this.#dialog;
  }

  #succeed(response: SipResponse): void {
    if (this.#stage !== 'accepting') return;
    this.#stage = 'accepted';
    this.#reliable?.quiet();
    this.#transaction.respond(response);
    if (this.#sessionTimer.kind === 'agreed') this.#dialog.startSessionTimer(this.#sessionTimer.terms);
  }

  /** Null when the ACK got lost, but the caller has gone on. */
  #acknowledged(ack: SipRequest | null): void {
    this.#transaction.successConfirmed();
    this.#dialog.onPrack = null;
    this.listener?.confirmed(this.#dialog);
    if (!this.offerless || this.#answered) return;
    const body = ack ? descriptionIn(ack) : NO_BODY;
    if (body.length > 0) this.#takeAnswer(body);
    else this.#unanswered(ack?.headers ?? new Headers());
  }

  /** An ACK without the answer to our offer leaves no session to talk in. */
  #unanswered(headers: Headers): void {
    if (this.#dialog.closed) return;
    const owner = this.#dialog.listener;
    void this.#dialog.bye([['Reason', 'SIP;cause=488;text="no answer in the ACK"']]);
    owner?.ended({ by: 'failed', headers });
  }

  /** The caller takes it back (§9.2, §15), or time does. */
  #takenBack(cause: InviteEnd['cause'], headers: Headers = new Headers()): void {
    if (this.#stage === 'accepted' || this.#stage === 'ended') return;
    const accepting = this.#stage === 'accepting';
    const owner = this.#dialog.listener;
    const response = this.#responses.failure(cause === 'prack-timeout' ? 504 : 487);
    this.#end();
    this.#transaction.respond(response);
    if (!accepting) this.listener?.cancelled({ cause, headers });
    else owner?.ended({ by: cause === 'prack-timeout' ? 'ack-timeout' : 'remote', headers });
  }

  /** From the first response with our tag the caller may send requests in the dialog, BYE among them (§15). */
  #openEarly(): void {
    if (this.#stage !== 'offered') return;
    this.#stage = 'early';
    const owner = this.listener;
    const listener: DialogListener = {
      ended: (end: DialogEnd) => this.#takenBack('bye', end.headers),
      ...(owner?.change && { change: change => owner.change?.(change) }),
      ...(owner?.request && { request: request => owner.request?.(request) }),
    };
    this.#dialog.open();
    this.#dialog.listener = listener;
  }

  #reliably(): ReliableProvisionals {
    if (this.#reliable) return this.#reliable;
    const { clock, timers } = this.#stack;
    const reliable = new ReliableProvisionals({
      clock,
      timers,
      inviteSeq: parseCSeq(this.request.headers.get('CSeq') ?? '').number,
      send: response => this.#transaction.respond(response),
      wanted: () => this.#stillWanted(),
      timedOut: () => this.#takenBack('prack-timeout'),
    });
    const pracks = new PrackAnswers({
      reliable,
      dialog: this.#dialog,
      awaitsAnswer: acknowledged => this.offerless && !this.#answered && acknowledged.body.length > 0,
      answered: body => this.#takeAnswer(body),
      offered: body => this.listener?.offered?.(body) ?? null,
    });
    this.#dialog.onPrack = (request, transaction) => pracks.answer(request, transaction);
    this.#reliable = reliable;
    return reliable;
  }

  /** While the 200 waits, the dialog is its owner's: a BYE of either side is noticed here. */
  #stillWanted(): boolean {
    if (this.#stage !== 'accepting' || !this.#dialog.closed) return true;
    const response = this.#responses.failure(487);
    this.#end();
    this.#transaction.respond(response);
    return false;
  }

  /** A description of ours goes out: an unreliable 1xx may get lost, so that it settles nothing (RFC 3264, RFC 6337). */
  #described(body: Buffer, reliable: boolean): void {
    const { description, offers } = this.#dialog;
    description.ours = body;
    if (reliable && !this.#answered) offers.outstanding = this.offerless ? 'ours' : null;
  }

  /** To our offer, in the PRACK of the response that carried it or in the ACK. */
  #takeAnswer(body: Buffer): void {
    this.#answered = true;
    this.#dialog.offers.outstanding = null;
    this.listener?.answered?.(body);
  }

  #end(): void {
    this.#stage = 'ended';
    this.#stopTimers();
    this.#reliable?.quiet();
    this.#dialog.listener = null;
    this.#dialog.close();
  }

  #stopTimers(): void {
    this.#again?.stop();
    this.#expires?.stop();
    this.#again = null;
    this.#expires = null;
  }
}
