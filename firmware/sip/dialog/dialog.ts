import type { Credentials } from '../auth/credentials.ts';
import { DigestTries } from '../auth/digest-tries.ts';
import { parseCSeq } from '../message/cseq.ts';
import type { Headers } from '../message/headers.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { serialise } from '../message/serialise.ts';
import { parseUri } from '../message/uri.ts';
import { resolveTarget } from '../resolver/resolver.ts';
import { newBranch } from '../transaction/random-token.ts';
import type { Hop } from '../transport/hop.ts';
import type { LocalAddress } from '../transport/listener.ts';
import { viaValue } from '../transport/via-routing.ts';
import { AnswerWait } from './answer-wait.ts';
import { type DialogState, requestInDialog } from './dialog-state.ts';
import type { Stack } from './stack.ts';

export interface DialogListener {
  /** The far end said BYE; it has been answered. Not called for a BYE of ours. */
  ended(end: { by: 'remote'; headers: Headers }): void;
}

/** How a BYE of ours was answered; null when it was not (Timer F, transport error, or there was nothing to end). */
export interface ByeOutcome {
  readonly status: number | null;
}

export type ExtraHeaders = Iterable<readonly [name: string, value: string]>;

export interface DialogParts {
  readonly stack: Stack;
  readonly state: DialogState;
  /** Where the far end was last seen: requests go there when its Contact cannot be followed. */
  readonly peer: Hop;
  readonly local: LocalAddress;
  readonly credentials: Credentials | null;
}

/** What the owner of a 2xx waits for. */
export interface AnswerOutcome {
  acknowledged(): void;
  timedOut(): void;
}

const NO_BODY = Buffer.alloc(0);

/**
 * One dialog (RFC 3261 §12), of either side.
 *
 *     early ── 2xx ─▶ confirmed ── BYE of either side ─▶ ending ── final response / Timer F ─▶ closed
 *       └── any other end of the INVITE ──────────────────────────────────────────────────────┘
 *
 * It answers in the table from `open` to `close`, so that a BYE which crosses ours still finds it.
 */
export class Dialog {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  listener: DialogListener | null = null;
  readonly #parts: DialogParts;
  #localSeq: number;
  #remoteSeq: number | null;
  #hop: Hop | Promise<Hop> | null = null;
  #ack: { bytes: Buffer; hop: Hop; local: LocalAddress } | null = null;
  #answer: { wait: AnswerWait; outcome: AnswerOutcome; inviteSeq: number | null } | null = null;
  /** A BYE that has to wait for the ACK (§15). */
  #whenAcknowledged: (() => void) | null = null;
  #bye: Promise<ByeOutcome> | null = null;
  #byeDone: ((outcome: ByeOutcome) => void) | null = null;
  #closed = false;
  #open = false;

  constructor(parts: DialogParts) {
    const { state } = parts;
    this.#parts = parts;
    this.callId = state.callId;
    this.localTag = state.localTag;
    this.remoteTag = state.remoteTag;
    this.#localSeq = state.localSeq;
    this.#remoteSeq = state.remoteSeq;
  }

  /** True as soon as either side has ended it. */
  get closed(): boolean {
    return this.#closed || this.#bye !== null;
  }

  /** Puts the dialog in the table; from now on requests of the far end find it. */
  open(): void {
    if (this.#open || this.#closed) return;
    this.#open = true;
    this.#parts.stack.dialogs.add(this);
    this.#parts.stack.admission.hold(this.callId);
  }

  /** Leaves the table and stops every timer, without a word on the wire. */
  close(): void {
    this.#closed = true;
    this.#answer?.wait.stop();
    this.#answer = null;
    this.#whenAcknowledged = null;
    this.#byeDone?.({ status: null });
    this.#byeDone = null;
    if (!this.#open) return;
    this.#open = false;
    this.#parts.stack.dialogs.remove(this);
    this.#parts.stack.admission.release(this.callId);
  }

  /**
   * UAC (§13.2.2.4): acknowledges a 2xx; every repetition of the 2xx gets the same ACK again. `authorization` is
   * what the INVITE carried (§22.1).
   */
  acknowledge(inviteSeq: number, authorization: ExtraHeaders): void {
    if (this.#ack) {
      this.#transmitAck();
      return;
    }
    this.#toNextHop(hop => {
      const { stack, state } = this.#parts;
      const local = stack.transport.localFor(hop, this.#parts.local);
      const { request } = requestInDialog(state, 'ACK', inviteSeq, NO_BODY);
      request.headers.prepend('Via', viaValue(local, newBranch()));
      for (const [name, value] of authorization) request.headers.set(name, value);
      this.#ack = { bytes: serialise(request), hop, local };
      this.#transmitAck();
    });
  }

  /** UAS (§13.3.1.4): repeats the 2xx until its ACK comes; without one the dialog is ended by BYE. */
  awaitAck(repeat: () => void, outcome: AnswerOutcome): void {
    const { clock, timers } = this.#parts.stack;
    const timedOut = () => {
      this.#answered();
      void this.bye();
      outcome.timedOut();
    };
    const wait = new AnswerWait({ clock, timers, repeat, timedOut });
    this.#answer = { wait, outcome, inviteSeq: this.#remoteSeq };
    wait.start();
  }

  /** An ACK of the far end; only that of the answered INVITE counts. */
  acknowledged(ack: SipRequest): void {
    const answer = this.#answer;
    if (!answer || parseCSeq(ack.headers.get('CSeq') ?? '').number !== answer.inviteSeq) return;
    this.#answered();
    answer.outcome.acknowledged();
  }

  /** §12.2.2: false when the request is older than one that has been seen; it is to be answered 500. */
  inOrder(request: SipRequest): boolean {
    const { number } = parseCSeq(request.headers.get('CSeq') ?? '');
    if (this.#remoteSeq !== null && number < this.#remoteSeq) return false;
    this.#remoteSeq = number;
    return true;
  }

  /** The far end said BYE (§15.1.2). */
  remoteBye(headers: Headers): void {
    const ours = this.#bye !== null;
    // A BYE of ours that is on the wire still wants its answer; one that waits for the ACK is not needed any more.
    if (ours && !this.#whenAcknowledged) return;
    this.close();
    if (!ours) this.listener?.ended({ by: 'remote', headers });
  }

  /**
   * Ends the dialog (§15.1.1). Asked twice, it gives the same promise. Before the ACK of our 2xx the BYE waits for it.
   * @throws CrosspointError (as rejection) sip.header-name, sip.line-break: the dialog then stays as it was
   */
  async bye(extra: ExtraHeaders = []): Promise<ByeOutcome> {
    if (this.#bye) return await this.#bye;
    if (this.#closed) return { status: null };
    const headers = [...extra];
    const build = () => this.#byeRequest(headers);
    build();
    this.#bye = new Promise(done => {
      this.#byeDone = done;
    });
    const send = () => this.#sendBye(build, new DigestTries(this.#parts.credentials));
    if (this.#answer) this.#whenAcknowledged = send;
    else send();
    return await this.#bye;
  }

  #answered(): void {
    this.#answer?.wait.stop();
    this.#answer = null;
    const send = this.#whenAcknowledged;
    this.#whenAcknowledged = null;
    send?.();
  }

  #byeRequest(extra: ExtraHeaders): SipRequest {
    const { request } = requestInDialog(this.#parts.state, 'BYE', this.#localSeq + 1, NO_BODY);
    for (const [name, value] of extra) request.headers.add(name, value);
    return request;
  }

  #sendBye(build: () => SipRequest, tries: DigestTries): void {
    this.#toNextHop(hop => {
      const { stack, local } = this.#parts;
      if (this.#closed) return;
      const request = build();
      this.#localSeq += 1;
      for (const [name, value] of tries.headers) request.headers.set(name, value);
      const response = (response: SipResponse) => {
        if (response.status < 200) return;
        if (tries.answer(request, response)) this.#sendBye(build, tries);
        else this.#byeAnswered(response.status);
      };
      try {
        const from = stack.transport.localFor(hop, local);
        stack.transactions.request(request, hop, from, { response, failed: () => this.#byeAnswered(null) });
      } catch (error) {
        stack.log.warn({ err: error, sipCallId: this.callId }, 'a BYE could not be sent');
        this.#byeAnswered(null);
      }
    });
  }

  #byeAnswered(status: number | null): void {
    this.#byeDone?.({ status });
    this.#byeDone = null;
    this.close();
  }

  #transmitAck(): void {
    if (!this.#ack) return;
    const { bytes, hop, local } = this.#ack;
    // A lost ACK brings the 2xx again, and that the ACK.
    this.#parts.stack.transport.send(bytes, hop, local, () => {});
  }

  /** At once when the next hop is an IP address, which is the rule. */
  #toNextHop(send: (hop: Hop) => void): void {
    this.#hop ??= this.#nextHop();
    if (!(this.#hop instanceof Promise)) {
      send(this.#hop);
      return;
    }
    const { log } = this.#parts.stack;
    void this.#hop
      .then(send)
      .catch(error => log.error({ err: error, sipCallId: this.callId }, 'SIP request in dialog'));
  }

  /**
   * The first route or the far end's Contact. When policy forbids that target, or it cannot be resolved or reached
   * (a private address behind NAT, tel:, another transport), the place from which the far end spoke serves instead.
   */
  #nextHop(): Hop | Promise<Hop> {
    const { stack, state, peer, local } = this.#parts;
    const usable = (hop: Hop) => {
      stack.transport.localFor(hop, local);
      return hop;
    };
    try {
      const { nextHop } = requestInDialog(state, 'ACK', 0, NO_BODY);
      const hop = resolveTarget(parseUri(nextHop), stack.resolver);
      return hop instanceof Promise ? hop.then(usable).catch(() => peer) : usable(hop);
    } catch {
      return peer;
    }
  }
}
