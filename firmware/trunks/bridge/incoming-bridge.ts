import { isCrosspointError, messageOf } from '../../base/errors.ts';
import { type CallId, newId, type ProjectId } from '../../base/ids.ts';
import { Call } from '../../calls/call.ts';
import { forgetCall } from '../../calls/call-context.ts';
import {
  type EndReason,
  endReasons,
  notStored,
  reasonHeader,
  sipFailure,
  unacknowledged,
} from '../../calls/reasons.ts';
import { SILENT, unanswered } from '../../calls/sip-side.ts';
import { checkFirstOffer } from '../../sdp/bridge.ts';
import type { Dialog } from '../../sip/dialog/dialog.ts';
import type { Headers } from '../../sip/message/headers.ts';
import type { IncomingInvite } from '../../sip/user-agent/incoming-invite.ts';
import type { InviteEnd } from '../../sip/user-agent/incoming-invite-listener.ts';
import type { AdmittedOut, TrunkPort } from '../trunk-port.ts';
import { answerAcross, asActive, offerAcross } from './across.ts';
import { acrossTerms } from './across-terms.ts';
import { Bridge } from './bridge.ts';
import type { BridgeContext } from './bridge-context.ts';
import { BridgeSide } from './bridge-side.ts';
import { Calling } from './calling.ts';
import type { CallingFailure } from './calling-failure.ts';
import { carriedHeaders, farewellOf } from './carried-headers.ts';
import { type ForwardedCaller, hopsLeft } from './forward-identity.ts';
import type { ForwardEntry } from './forward-list.ts';
import { type LegOwner, newLeg } from './new-leg.ts';

/** A call that is to be carried on. */
export interface IncomingBridgeTerms {
  readonly project: ProjectId;
  /** Whose peer calls. */
  readonly trunk: TrunkPort;
  readonly caller: ForwardedCaller;
  readonly entries: readonly ForwardEntry[];
  /** Shown in events and to the operator. */
  readonly from: string;
  readonly to: string;
  /** The call is over; told once. */
  release(): void;
}

/** A caller on its way to somebody else. */
export interface Parties {
  readonly call: Call;
  readonly bridge: Bridge;
  readonly first: BridgeSide;
  readonly second: BridgeSide;
}

/**
 * Takes a call and carries it on to who answers of a forward list.
 * @throws CrosspointError media.…, when there is no leg for it: nothing has been answered, recorded or counted then,
 *   and `terms.release` has not been called
 */
export async function bridgeIncoming(
  context: BridgeContext,
  invite: IncomingInvite,
  terms: IncomingBridgeTerms,
): Promise<void> {
  const incoming = new IncomingBridge(context, invite, terms);
  await incoming.start();
}

/**
 * One call across, from the caller's INVITE to the answer.
 *
 *     legs ─▶ calling ── 18x ─▶ ringing ── 2xx ─▶ answered (Bridge)
 *       │        │  └───────────────────── 2xx ───────▲
 *       └────────┴── CANCEL, ring limit, nobody left ─▶ ended
 */
class IncomingBridge {
  readonly #context: BridgeContext;
  readonly #invite: IncomingInvite;
  readonly #terms: IncomingBridgeTerms;
  readonly #offer: string;
  #parties: Parties | null = null;
  #calling: Calling | null = null;
  #cancelled: InviteEnd | null = null;
  /** What the caller has been told, or will be: once said it stays (RFC 3261 §13.2.1). */
  #toFirst: Buffer | null = null;
  #dialled = false;

  constructor(context: BridgeContext, invite: IncomingInvite, terms: IncomingBridgeTerms) {
    this.#context = context;
    this.#invite = invite;
    this.#terms = terms;
    this.#offer = invite.request.body.toString('utf8');
  }

  async start(): Promise<void> {
    this.#invite.listener = {
      confirmed: () => {
        if (this.#parties) this.#parties.call.notes.acknowledged = true;
      },
      ackTimeout: () => this.#parties?.bridge.fail(unacknowledged),
      cancelled: end => this.#takenBack(end),
      answered: body => this.#answered(body),
      change: change => {
        if (this.#parties) void this.#parties.bridge.changes.from(this.#parties.first, change);
        else change.reject(491);
      },
      request: request => {
        if (this.#parties) this.#parties.bridge.request(this.#parties.first, request);
        else request.respond(480);
      },
    };
    const id = newId<CallId>();
    const invitedAt = this.#context.calls.services.clock.monotonic();
    const legs = await Promise.allSettled([newLeg(this.#context, id), newLeg(this.#context, id)]);
    const [one, other] = legs;
    if (one.status === 'rejected' || other.status === 'rejected') {
      for (const leg of legs) if (leg.status === 'fulfilled') void leg.value.leg.close();
      throw one.status === 'rejected' ? one.reason : other.status === 'rejected' ? other.reason : null;
    }
    this.#begin(id, one.value, other.value, invitedAt);
  }

  /** @param invitedAt monotonic milliseconds */
  #begin(id: CallId, one: Leg, other: Leg, invitedAt: number): void {
    const { trunk, caller, entries, project } = this.#terms;
    const first = new BridgeSide(one.leg, 'first-side', trunk, acrossTerms(trunk));
    const second = new BridgeSide(other.leg, 'second-side', null, this.#context.calls.settings.terms);
    const call = this.#newCall(id, first, second);
    const bridge = new Bridge(this.#context, call, [first, second]);
    Object.assign(one.owner, { bridge, side: first });
    Object.assign(other.owner, { bridge, side: second });
    this.#parties = { call, bridge, first, second };
    first.remote = this.#invite.offerless ? null : this.#offer;
    first.signalling = unanswered(reason => this.#refuse(reason));
    second.signalling = unanswered(reason => this.#calling?.cancel(second.farewellFor(reason)));
    call.mark('invited', invitedAt);
    call.speaksIn(this.#invite.callId);
    call.received(this.#invite.request.headers);
    this.#context.calls.book.add(call);
    call.created().catch(() => bridge.fail(notStored));
    if (this.#cancelled) {
      this.#takenBack(this.#cancelled);
      return;
    }
    this.#calling = new Calling({
      context: this.#context,
      call: id,
      project,
      side: second,
      entries,
      caller,
      maxForwards: hopsLeft(this.#invite.request.headers),
      listener: {
        offer: () => this.#offerToSecond(first, second),
        trying: (callId, to) => this.#trying(call, callId, to),
        tried: (tries, said) => call.notes.tried(tries, said),
        progress: (status, headers, body, dialog) => this.#progress(status, headers, body, dialog),
        accepted: (dialog, body, headers, admitted) => this.#accepted(dialog, body, headers, admitted),
        failed: failure => this.#failed(failure),
      },
    });
    this.#calling.start();
  }

  #newCall(id: CallId, first: BridgeSide, second: BridgeSide): Call {
    const { services } = this.#context.calls;
    const { project, from, to, trunk, release } = this.#terms;
    const { contact } = this.#invite;
    return new Call(
      {
        ref: { id, project, session: null, connection: null, createdAt: services.clock.now() },
        direction: 'inbound',
        from,
        to,
        trunk: trunk.name,
        contact,
      },
      [first, second],
      services,
      async (ended, by) => {
        release();
        this.#parties?.bridge.close();
        await forgetCall(this.#context.calls, ended, by);
      },
    );
  }

  #offerToSecond(first: BridgeSide, second: BridgeSide): Buffer {
    // What is agreed with a caller who has heard something already may not be what it offered.
    if (this.#invite.offerless) return second.negotiation.offer();
    // Nobody is to answer a call that its caller could not be connected to.
    checkFirstOffer(this.#offer, first.ours);
    return offerAcross(second, first, this.#offer);
  }

  #trying(call: Call, callId: string, { requestUri, trunk }: { requestUri: string; trunk: string | null }): void {
    call.speaksIn(callId);
    call.notes.aimAt(requestUri, trunk);
    if (!this.#dialled) call.dialling();
    this.#dialled = true;
  }

  #progress(status: number, headers: Headers, body: Buffer, dialog: Dialog | null): void {
    if (!this.#parties) return;
    const { call, bridge, second } = this.#parties;
    call.ringing();
    if (dialog && !dialog.listener) {
      dialog.listener = {
        ended: () => {},
        change: change => void bridge.changes.from(second, change),
        request: request => bridge.request(second, request),
      };
    }
    const passed = carriedHeaders(headers, second.trunk);
    switch (second.trunk?.config.earlyMedia ?? 'relay') {
      case 'relay': {
        const heard = body.length > 0 ? this.#earlyMedia(body) : null;
        this.#invite.progress(status, heard ?? undefined, passed, heard !== null);
        break;
      }
      case 'ignore':
        this.#ring(status, passed);
        break;
      case 'ringback':
        this.#ringback(status, passed);
        break;
    }
  }

  /** The far end is heard before it answers. Null when that cannot be: the call goes on without. */
  #earlyMedia(body: Buffer): Buffer | null {
    if (!this.#parties) return null;
    const { call, bridge, second } = this.#parties;
    try {
      second.takeAnswer(body);
      const told = this.#describe();
      bridge.join();
      return told;
    } catch (error) {
      if (!isCrosspointError(error)) throw error;
      call.log.info({ call: call.ref.id, problem: error.message }, 'early media cannot be passed on');
      return null;
    }
  }

  /** 183 alone would tell the caller nothing (RFC 3960 §3.2): without media it is 180. */
  #ring(status: number, headers: ReturnType<typeof carriedHeaders>): void {
    this.#invite.progress(status === 183 ? 180 : status, undefined, headers);
  }

  #ringback(status: number, headers: ReturnType<typeof carriedHeaders>): void {
    if (!this.#parties || this.#invite.offerless || (status !== 180 && status !== 183)) {
      this.#ring(status, headers);
      return;
    }
    const { call, bridge, first } = this.#parties;
    if (this.#toFirst) return; // it rings
    try {
      const told = this.#describe();
      bridge.media.ring(first);
      this.#invite.progress(183, told, headers, true);
    } catch (error) {
      if (!isCrosspointError(error)) throw error;
      call.log.info({ call: call.ref.id, problem: error.message }, 'no tone for the caller');
      this.#ring(status, headers);
    }
  }

  /** @throws CrosspointError sdp.… */
  #describe(): Buffer {
    if (this.#toFirst || !this.#parties) return this.#toFirst ?? Buffer.alloc(0);
    const { first, second } = this.#parties;
    if (this.#invite.offerless) {
      this.#toFirst = offerAcross(first, second, asActive(second.remote ?? ''));
    } else {
      const { answer, agreed } = answerAcross(first, second, this.#offer);
      this.#toFirst = first.gaveAnswer(this.#offer, answer, agreed);
    }
    return this.#toFirst;
  }

  #accepted(dialog: Dialog, body: Buffer, headers: Headers, admitted: AdmittedOut): void {
    this.#calling = null;
    if (!this.#parties || this.#parties.call.state === 'HANGUP') {
      admitted.release();
      void dialog.bye();
      return;
    }
    const { call, bridge, first, second } = this.#parties;
    bridge.admit(admitted);
    call.received(headers);
    if (admitted.maxSeconds !== null) call.limitTo(admitted.maxSeconds * 1000);
    bridge.owns(second, dialog);
    try {
      second.takeAnswer(body);
      const answer = this.#describe();
      const own = this.#invite.accept(answer, carriedHeaders(headers, second.trunk));
      if (!own) return; // its end is being told
      bridge.owns(first, own);
    } catch (error) {
      call.log.warn({ call: call.ref.id, problem: messageOf(error) }, "the far end's answer is of no use");
      call.notes.cannotGoOn(error);
      bridge.fail(sipFailure(502, 'Bad Gateway'));
      return;
    }
    call.active();
    this.#meet(bridge, first, second);
  }

  /** The caller's answer to our offer. */
  #answered(body: Buffer): void {
    if (!this.#parties) return;
    const { call, bridge, first, second } = this.#parties;
    try {
      first.takeAnswer(body);
    } catch (error) {
      call.log.warn({ call: call.ref.id, problem: messageOf(error) }, "the caller's answer is of no use");
      call.fail(error);
      return;
    }
    this.#meet(bridge, first, second);
  }

  #meet(bridge: Bridge, first: BridgeSide, second: BridgeSide): void {
    if (bridge.media.fits(first, second)) bridge.join();
    // The caller was given a description before, and the one who answered has none of its codecs.
    else void bridge.changes.follow(second, first);
  }

  #failed({ reason, status, headers, problem = null }: CallingFailure): void {
    this.#calling = null;
    if (!this.#parties) return;
    const { call, first, second } = this.#parties;
    call.notes.blockedBy(problem);
    second.signalling = SILENT;
    first.signalling = unanswered(() => this.#reject(status, headers));
    void call.end('far-end', reason);
  }

  #takenBack(end: InviteEnd): void {
    this.#cancelled = end;
    if (!this.#parties) return;
    const { call, first, second } = this.#parties;
    first.signalling = SILENT;
    second.farewell = farewellOf(end.headers, this.#terms.trunk);
    if (end.cause === 'prack-timeout') void call.end('far-end', sipFailure(504, 'Server Time-out'));
    else void call.end('far-end', sipFailure(487, 'Request Terminated'));
  }

  /** The call ends from our side before it was answered. */
  #refuse(reason: EndReason): void {
    const code = Number(reason.code);
    const status = code < 700 ? code : reason.code === endReasons.unexpectedClearing.code ? 500 : 480;
    this.#reject(status, [reasonHeader(reason)]);
  }

  #reject(status: number, headers: ReturnType<typeof carriedHeaders>): void {
    try {
      this.#invite.reject(status, undefined, headers);
    } catch (error) {
      const { log } = this.#context.calls.services;
      log.warn(
        { call: this.#parties?.call.ref.id, sipCallId: this.#invite.callId, problem: messageOf(error) },
        'a response goes without its headers',
      );
      this.#invite.reject(status);
    }
  }
}

interface Leg {
  readonly leg: BridgeSide['leg'];
  readonly owner: LegOwner;
}
