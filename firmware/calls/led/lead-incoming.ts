import type { ProjectId } from '../../base/ids.ts';
import type { Dialog } from '../../sip/dialog/dialog.ts';
import type { IncomingInvite } from '../../sip/user-agent/incoming-invite.ts';
import type { IncomingTerms } from '../answer-call.ts';
import type { Call } from '../call.ts';
import type { CallContext } from '../call-context.ts';
import { type IncomingAnswer, incomingAnswer } from '../incoming-answer.ts';
import { incomingCall } from '../incoming-call.ts';
import { Negotiation } from '../negotiation.ts';
import { type EndReason, sipFailure, unacknowledged } from '../reasons.ts';
import { SessionDialog } from '../session-dialog.ts';
import { type SipSide, unanswered } from '../sip-side.ts';
import { LedCall, legListener } from './led-call.ts';

/** A call that has come and waits to be answered. */
export interface Waiting {
  readonly led: LedCall;
  /** 180. Harmless when it is answered, or over. */
  ring(): void;
  /** 200; false where the caller has gone meanwhile. Harmless when it is answered. */
  answer(): boolean;
}

/** Every status that says why; what is no status of SIP is a server that cannot. */
const SERVICE_UNAVAILABLE = 503;

/**
 * Takes a call that is to be led: its leg is there, nothing is answered yet.
 * @param placement where its leg is to lie, among those that it will be with
 * @throws CrosspointError call.too-many, sdp.…, media.…; nothing is left behind or answered then
 */
export async function leadIncoming(
  context: CallContext,
  invite: IncomingInvite,
  project: ProjectId,
  placement: string,
  terms: IncomingTerms,
): Promise<Waiting> {
  context.book.reserve(project);
  try {
    return await new Incoming(context, invite, project, terms).start(placement);
  } catch (error) {
    context.book.unreserve(project);
    throw error;
  }
}

class Incoming implements Waiting {
  readonly #context: CallContext;
  readonly #invite: IncomingInvite;
  readonly #project: ProjectId;
  readonly #terms: IncomingTerms;
  #negotiation: Negotiation | null = null;
  #answer: IncomingAnswer | null = null;
  #led: LedCall | null = null;
  #own: SessionDialog | null = null;

  constructor(context: CallContext, invite: IncomingInvite, project: ProjectId, terms: IncomingTerms) {
    this.#context = context;
    this.#invite = invite;
    this.#project = project;
    this.#terms = terms;
  }

  get led(): LedCall {
    if (!this.#led) throw new Error('the call has not started');
    return this.#led;
  }

  async start(placement: string): Promise<this> {
    const { media, services } = this.#context;
    const invitedAt = services.clock.monotonic();
    const leg = await media.openLeg(
      placement,
      legListener(() => this.#led),
      local => {
        this.#negotiation = new Negotiation(local, this.#terms.media);
        this.#answer = incomingAnswer(this.#negotiation, this.#invite, { kind: 'silence' });
        return this.#answer.config;
      },
    );
    const side: SipSide = {
      leg,
      signalling: unanswered(reason => this.#refuse(reason)),
      ...(this.#negotiation && { negotiation: this.#negotiation }),
    };
    const whose = { project: this.#project, session: null, connection: null };
    const call = incomingCall(this.#context, this.#invite, this.#terms, whose, side, invitedAt);
    this.#led = new LedCall(this.#context, call);
    this.#listen(call);
    return this;
  }

  ring(): void {
    if (this.led.ended || this.#own) return;
    this.#invite.ring();
    this.led.call.ringing();
  }

  answer(): boolean {
    if (this.#own) return !this.led.ended;
    const { call } = this.led;
    const dialog = this.led.ended || !this.#answer ? null : this.#invite.accept(this.#answer.description);
    if (!dialog) {
      void call.end('far-end', sipFailure(487, 'Request Terminated'));
      return false;
    }
    const own = this.#owned(call, dialog);
    this.#own = own;
    own.start();
    call.sides[0].signalling = own;
    this.led.speaksBy(own);
    call.active();
    if (this.#negotiation?.agreed?.held) call.hold('first-side');
    return true;
  }

  #owned(call: Call, dialog: Dialog): SessionDialog {
    const { leg } = call.sides[0];
    const negotiation = this.#negotiation ?? new Negotiation(leg.local, this.#terms.media);
    return new SessionDialog({ call, dialog, leg, negotiation, hears: this.led.hears, speaks: true });
  }

  #listen(call: Call): void {
    this.#invite.listener = {
      confirmed: () => {
        call.notes.acknowledged = true;
      },
      ackTimeout: () => void call.end('box', unacknowledged),
      cancelled: () => void call.end('far-end', sipFailure(487, 'Request Terminated')),
      answered: body => this.#own?.take(body),
    };
  }

  #refuse({ code }: EndReason): void {
    const status = Number(code);
    this.#invite.reject(status >= 300 && status < 700 ? status : SERVICE_UNAVAILABLE);
  }
}
