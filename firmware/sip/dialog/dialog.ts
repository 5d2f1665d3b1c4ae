import { CrosspointError } from '../../base/errors.ts';
import { Headers } from '../message/headers.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { InviteServerTransaction } from '../transaction/invite-server.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { Arrival } from '../transport/transport-layer.ts';
import { DialogCore, type DialogOwner, type DialogParts } from './dialog-core.ts';
import { DialogIncoming, type IncomingHooks } from './dialog-incoming.ts';
import type {
  ByeOutcome,
  ChangeOptions,
  ChangeOutcome,
  DialogEnd,
  DialogListener,
  DialogRequestOptions,
  DialogResponse,
  ExtraHeaders,
} from './dialog-listener.ts';
import { DialogRequests, unanswered } from './dialog-requests.ts';
import type { Outgoing } from './dialog-sender.ts';
import type { OfferAnswer } from './offer-answer.ts';
import { OutgoingChanges } from './outgoing-changes.ts';
import { RunningSessionTimer } from './running-session-timer.ts';
import type { SessionTimerTerms } from './session-timer.ts';
import { SuccessAck } from './success-ack.ts';
import type { AnswerOutcome } from './unacknowledged.ts';

const NO_BODY = Buffer.alloc(0);
const SDP = 'application/sdp';
/** They have ways of their own: `change`, `bye`, and the INVITE's owner. */
const NOT_BY_REQUEST: ReadonlySet<string> = new Set(['INVITE', 'ACK', 'CANCEL', 'BYE']);

/**
 * One dialog (RFC 3261 §12), of either side.
 *
 *     early ── 2xx ─▶ confirmed ── BYE of either side ─▶ ending ── final response / Timer F ─▶ closed
 *       └── any other end of the INVITE ──────────────────────────────────────────────────────┘
 *
 * It answers in the table from `open` to `close`, so that a BYE which crosses ours still finds it. An early dialog is
 * one too: UPDATE, PRACK and INFO work in it, and what it learns there stays when the 2xx confirms it.
 */
export class Dialog implements DialogOwner, IncomingHooks {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  listener: DialogListener | null = null;
  /** Set by whoever sends reliable provisional responses (RFC 3262); a PRACK that nobody waits for is answered 481. */
  onPrack: ((request: SipRequest, transaction: ServerTransaction) => void) | null = null;
  readonly #core: DialogCore;
  readonly #incoming: DialogIncoming;
  #requests: DialogRequests | null = null;
  #changes: OutgoingChanges | null = null;
  #ack: { inviteSeq: number; ack: SuccessAck } | null = null;
  #bye: Promise<ByeOutcome> | null = null;
  #byeDone: ((outcome: ByeOutcome) => void) | null = null;
  #closed = false;
  #open = false;

  constructor(parts: DialogParts) {
    const { callId, localTag, remoteTag } = parts.state;
    this.callId = callId;
    this.localTag = localTag;
    this.remoteTag = remoteTag;
    this.#core = new DialogCore(parts, this);
    this.#incoming = new DialogIncoming(this.#core, this);
  }

  /** True as soon as either side has ended it. */
  get closed(): boolean {
    return this.#core.over;
  }

  /** A 2xx has been sent or received; until then it is early. */
  get confirmed(): boolean {
    return this.#core.confirmed;
  }

  /** Who sent the INVITE that began it. */
  get role(): 'uac' | 'uas' {
    return this.#core.role;
  }

  /** Methods of the far end's latest Allow; empty when it never sent one. */
  get remoteAllows(): ReadonlySet<string> {
    return this.#core.path.state.remoteAllows;
  }

  /** Option tags of its latest Supported, in lower case. */
  get remoteSupports(): ReadonlySet<string> {
    return this.#core.path.state.remoteSupports;
  }

  /** The last description that we gave; whoever exchanges the first one sets it. A re-INVITE that refreshes repeats it. */
  get description(): { ours: Buffer } {
    return this.#core.description;
  }

  /** Whose offer is outstanding; the owner of the INVITE marks the first one, so that no UPDATE collides with it. */
  get offers(): OfferAnswer {
    return this.#core.offers;
  }

  /** Puts the dialog in the table; from now on requests of the far end find it. */
  open(): void {
    if (this.#open || this.#closed) return;
    this.#open = true;
    this.#core.stack.dialogs.add(this);
    this.#core.stack.admission.hold(this.callId);
  }

  /** Leaves the table and stops every timer. Nothing is sent but 487 to what the far end still waits for (§15.1.2). */
  close(): void {
    this.#closed = true;
    this.#quiet();
    this.#core.unacknowledged.close();
    this.#byeDone?.({ status: null });
    this.#byeDone = null;
    if (!this.#open) return;
    this.#open = false;
    this.#core.stack.dialogs.remove(this);
    this.#core.stack.admission.release(this.callId);
  }

  /**
   * UAC (§13.2.2.4): the 2xx confirms an early dialog of its tag: routes, target and abilities are now those of the 2xx.
   * @throws SipParseError when its Record-Route cannot be read
   */
  confirm(response: SipResponse): void {
    this.#core.path.confirm(response);
    this.#core.confirmed = true;
  }

  /**
   * UAC (§13.2.2.4): acknowledges the 2xx of the INVITE; every repetition of the 2xx gets the same ACK again.
   * `credentials` are what the INVITE carried (§22.1); `answer` is for a 2xx that brought the offer.
   */
  acknowledge(inviteSeq: number, credentials: ExtraHeaders, answer: Buffer = NO_BODY): void {
    this.#core.confirmed = true;
    if (this.#ack?.inviteSeq === inviteSeq) {
      this.#ack.ack.again();
      return;
    }
    const ack = new SuccessAck(this.#core.stack);
    this.#ack = { inviteSeq, ack };
    ack.send(this.#core.path, inviteSeq, credentials, answer);
  }

  /** UAS (§13.3.1.4): repeats the INVITE's 2xx until its ACK comes; without one the dialog is ended by BYE. */
  awaitAck(repeat: () => void, outcome: AnswerOutcome): void {
    const { unacknowledged, offers } = this.#core;
    this.#core.confirmed = true;
    offers.invite = 'theirs';
    unacknowledged.begin(this.#core.path.state.remoteSeq, repeat, {
      acknowledged: ack => {
        offers.invite = null;
        outcome.acknowledged(ack);
      },
      timedOut: () => {
        offers.invite = null;
        void this.bye();
        outcome.timedOut();
      },
    });
  }

  /** An ACK of the far end. */
  acknowledged(ack: SipRequest): void {
    this.#core.unacknowledged.acknowledged(ack);
  }

  /** Everything in the dialog but INVITE, ACK and CANCEL. */
  handleRequest(transaction: ServerTransaction, request: SipRequest, arrival: Arrival): void {
    this.#incoming.request(transaction, request, arrival);
  }

  /** A re-INVITE. */
  handleInvite(transaction: InviteServerTransaction, request: SipRequest, arrival: Arrival): void {
    this.#incoming.invite(transaction, request, arrival);
  }

  /**
   * INFO, REFER, NOTIFY, PRACK… of ours. The network never makes it reject: no response is a status of null. 408, 481
   * and silence end the dialog, save where they concern only a subscription or a provisional response.
   * @throws CrosspointError (as rejection) sip.header-name, sip.line-break, sip.bad-method
   */
  async request(method: string, options: DialogRequestOptions = {}): Promise<DialogResponse> {
    if (NOT_BY_REQUEST.has(method)) throw new CrosspointError('sip.bad-method', `${method} is not sent this way`);
    const { headers = [], body = NO_BODY, contentType = SDP } = options;
    const outgoing: Outgoing = { method, headers: [...headers], body, contentType };
    this.#core.sender.check(outgoing);
    if (this.closed) return unanswered('the dialog has ended');
    this.#requests ??= new DialogRequests(this.#core);
    const requests = this.#requests;
    return await new Promise(settle => requests.send(outgoing, settle));
  }

  /**
   * Offers a new session description, or asks for theirs with an empty one. Changes of one dialog wait for each other
   * and for those of the far end; collisions are waited out, a few times.
   * @throws CrosspointError (as rejection) sip.header-name, sip.line-break
   */
  async change(body: Buffer, options: ChangeOptions = {}): Promise<ChangeOutcome> {
    const { headers = [], method = this.#core.confirmed ? 'INVITE' : 'UPDATE' } = options;
    const change = { method, headers: [...headers], body, endsBy: 'failed' } as const;
    if (method === 'UPDATE' && body.length === 0) {
      throw new CrosspointError('sip.no-offer', 'an UPDATE cannot ask for an offer');
    }
    this.#core.sender.check({ ...change, contentType: SDP });
    if (this.closed) return { kind: 'refused', status: null, reason: 'the dialog has ended' };
    const changes = this.#outgoingChanges();
    return await new Promise(settle => changes.start(change, settle));
  }

  /** Runs the session timer as agreed in the INVITE; later refreshes of either side renew it (RFC 4028). */
  startSessionTimer(terms: SessionTimerTerms): void {
    if (this.#core.over) return;
    this.#core.keeper ??= new RunningSessionTimer(this.#core, terms, (change, settle) =>
      this.#outgoingChanges().start(change, settle),
    );
    this.#core.keeper.renew(terms);
  }

  /**
   * Ends the dialog (§15.1.1). Asked twice, it gives the same promise. Before the ACK of our 2xx the BYE waits for it.
   * @throws CrosspointError (as rejection) sip.header-name, sip.line-break: the dialog then stays as it was
   */
  async bye(extra: ExtraHeaders = []): Promise<ByeOutcome> {
    if (this.#bye) return await this.#bye;
    if (this.#closed) return { status: null };
    const outgoing: Outgoing = { method: 'BYE', headers: [...extra], body: NO_BODY, contentType: SDP };
    const { sender, unacknowledged } = this.#core;
    sender.check(outgoing);
    this.#bye = new Promise(done => {
      this.#byeDone = done;
    });
    this.#quiet();
    if (unacknowledged.pending) unacknowledged.whenOver = () => this.#sendBye(outgoing);
    else this.#sendBye(outgoing);
    return await this.#bye;
  }

  /** For the parts of the dialog: the far end is gone, or did not do what keeps a call. */
  fail(by: DialogEnd['by'], headers: Headers = new Headers()): void {
    // An early dialog is the INVITE's to end; a BYE of the callee is not allowed in it (§15).
    if (this.#core.over || !this.#core.confirmed) return;
    void this.bye();
    this.#core.guard(() => this.listener?.ended({ by, headers }));
  }

  /** The far end said BYE (§15.1.2); it has been answered. */
  remoteBye(headers: Headers): void {
    const ours = this.#bye !== null;
    // A BYE of ours that is on the wire still wants its answer; one that waits for the ACK is not needed any more.
    if (ours && !this.#core.unacknowledged.whenOver) return;
    this.close();
    if (!ours) this.#core.guard(() => this.listener?.ended({ by: 'remote', headers }));
  }

  #sendBye(outgoing: Outgoing): void {
    this.#core.sender.send(outgoing, {
      response: response => {
        if (response.status >= 200) this.#byeAnswered(response.status);
      },
      failed: () => this.#byeAnswered(null),
    });
  }

  #byeAnswered(status: number | null): void {
    this.#byeDone?.({ status });
    this.#byeDone = null;
    this.close();
  }

  /** Nothing new from here, and nothing that waits for an answer of ours stays without one. */
  #quiet(): void {
    this.#core.over = true;
    this.#core.keeper?.stop();
    for (const each of [...this.#core.unfinished]) each.abort();
    this.#changes?.close();
    this.#requests?.close();
  }

  #outgoingChanges(): OutgoingChanges {
    this.#changes ??= new OutgoingChanges(this.#core);
    return this.#changes;
  }
}
