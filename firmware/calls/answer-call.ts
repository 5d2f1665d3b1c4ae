import type { Hears } from '../../pipelines/protocol/leg-media.ts';
import { messageOf } from '../base/errors.ts';
import type { ProjectId, SessionId } from '../base/ids.ts';
import type { LegAddress, LegConfig, MediaLeg } from '../media/media.ts';
import { DEVICE, type Joined } from '../sessions/registry.ts';
import type { Dialog } from '../sip/dialog/dialog.ts';
import type { IncomingInvite } from '../sip/user-agent/incoming-invite.ts';
import { BUILTIN_TONE, type BuiltinNumber, builtinNumber } from './builtin-numbers.ts';
import type { Call } from './call.ts';
import { type CallContext, publishStream } from './call-context.ts';
import { type CallRefusal, callRefusalOf, rejectFor } from './call-refusal.ts';
import { incomingAnswer } from './incoming-answer.ts';
import { incomingCall } from './incoming-call.ts';
import { Negotiation } from './negotiation.ts';
import { partyOf } from './party.ts';
import { lostLeg, sipFailure, unacknowledged } from './reasons.ts';
import { SessionDialog } from './session-dialog.ts';
import type { SideTerms } from './side-terms.ts';
import { SILENT, type SipSide, unanswered } from './sip-side.ts';

/** What a call that came in is connected with. */
export type CallDestination =
  | BuiltinNumber
  | { readonly kind: 'session'; readonly project: ProjectId; readonly session: SessionId };

/** What is known of a call before it is answered. */
export interface IncomingTerms {
  /** Shown in events and to the operator. */
  readonly from: string;
  readonly to: string;
  readonly media: SideTerms;
  /** Over which it came; absent: over none. */
  readonly trunk?: string;
  readonly maxDurationMs?: number;
  /** The call is over, or did not come about; told once. */
  release(): void;
  /** Answers the INVITE of a call that cannot be taken; without it the caller alone is told. */
  refuse?(refusal: CallRefusal): void;
}

const RETRY_SOON: readonly (readonly [string, string])[] = [['Retry-After', '10']];

/**
 * Answers a call to one of the box's own numbers; refuses every other. Whoever gets here has been let in by the
 * transport (builtinNumbers.allowFrom).
 */
export async function answerBuiltin(context: CallContext, invite: IncomingInvite): Promise<void> {
  const number = builtinNumber(invite.calledUser);
  if (!number) return invite.reject(404);
  try {
    context.admission.admit(1);
  } catch (error) {
    return rejectFor(invite, callRefusalOf(error));
  }
  await answerCall(context, invite, number, {
    from: invite.from.uri,
    to: invite.calledUser,
    media: context.settings.terms,
    release: () => {},
  });
}

/**
 * Answers a call and connects it. It never rejects: what makes it impossible is told to the caller, with the true
 * reason in the status.
 */
export async function answerCall(
  context: CallContext,
  invite: IncomingInvite,
  destination: CallDestination,
  terms: IncomingTerms,
): Promise<void> {
  const project = destination.kind === 'session' ? destination.project : DEVICE;
  try {
    context.book.reserve(project);
  } catch (error) {
    terms.release();
    return refuse(invite, terms, error);
  }
  await new IncomingCall(context, invite, destination, terms).start(project).catch(error => {
    context.book.unreserve(project);
    cannotTake(context, invite, terms, error);
  });
}

/** One incoming call from its INVITE to its dialog. */
class IncomingCall {
  readonly #context: CallContext;
  readonly #invite: IncomingInvite;
  readonly #destination: CallDestination;
  readonly #terms: IncomingTerms;
  /** Monotonic milliseconds. */
  readonly #invitedAt: number;
  #call: Call | null = null;
  #negotiation: Negotiation | null = null;
  #answer: Buffer | null = null;
  #own: SessionDialog | null = null;

  constructor(context: CallContext, invite: IncomingInvite, destination: CallDestination, terms: IncomingTerms) {
    this.#context = context;
    this.#invite = invite;
    this.#destination = destination;
    this.#terms = terms;
    this.#invitedAt = context.services.clock.monotonic();
  }

  /** @throws what made it impossible; nothing is left behind then */
  async start(project: ProjectId): Promise<void> {
    const { sessions, media } = this.#context;
    this.#invite.listener = {
      confirmed: () => {
        if (this.#call) this.#call.notes.acknowledged = true;
      },
      ackTimeout: () => void this.#call?.end('box', unacknowledged),
      cancelled: () => {}, // noticed when it is to be accepted
      answered: body => this.#answered(body),
    };
    const joined = this.#join();
    let leg: MediaLeg;
    try {
      leg = await media.openLeg(
        joined?.session ?? null,
        {
          digit: digit => this.#own?.heard(digit),
          rtpStarted: () => this.#call?.mark('heard'),
          lost: loss => void this.#call?.end('box', lostLeg(loss)),
        },
        local => this.#describe(local, joined),
      );
    } catch (error) {
      if (joined) await sessions.leave(project, joined.session, joined.connectionId, 'networkDisconnected');
      throw error;
    }
    this.#accept(project, leg, joined);
  }

  /** @throws CrosspointError session.… */
  #join(): Joined | null {
    const { sessions } = this.#context;
    const party = partyOf(this.#terms.from);
    if (this.#destination.kind === 'room') return sessions.joinRoom(this.#destination.name, party);
    if (this.#destination.kind !== 'session') return null;
    const { project, session } = this.#destination;
    return sessions.join(project, session, '', party);
  }

  #describe(local: LegAddress, joined: Joined | null): LegConfig {
    const negotiation = new Negotiation(local, this.#terms.media);
    this.#negotiation = negotiation;
    const { description, config } = incomingAnswer(negotiation, this.#invite, this.#hears(joined));
    this.#answer = description;
    return config;
  }

  #hears(joined: Joined | null): Hears {
    if (joined) return { kind: 'session', session: joined.session };
    return this.#destination.kind === 'tone' ? BUILTIN_TONE : { kind: 'echo' };
  }

  #accept(project: ProjectId, leg: MediaLeg, joined: Joined | null): void {
    const invite = this.#invite;
    const side: SipSide = { leg, signalling: SILENT, ...(this.#negotiation && { negotiation: this.#negotiation }) };
    const whose = { project, session: joined?.session ?? null, connection: joined?.connectionId ?? null };
    const call = incomingCall(this.#context, invite, this.#terms, whose, side, this.#invitedAt);
    this.#call = call;
    side.signalling = unanswered(() => invite.reject(503, undefined, RETRY_SOON));
    const dialog = this.#answer && invite.accept(this.#answer);
    if (!dialog) {
      void call.end('far-end', sipFailure(487, 'Request Terminated')); // cancelled while the leg was being opened
      return;
    }
    this.#own = this.#owned(call, side, dialog, joined);
    this.#own.start();
    side.signalling = this.#own;
    call.active();
    if (this.#negotiation?.agreed?.held) call.hold('first-side');
    publishStream(this.#context, call);
  }

  #owned(call: Call, side: SipSide, dialog: Dialog, joined: Joined | null): SessionDialog {
    const negotiation = this.#negotiation ?? new Negotiation(side.leg.local, this.#terms.media);
    const hears = () => this.#hears(joined);
    return new SessionDialog({ call, dialog, leg: side.leg, negotiation, hears, speaks: true });
  }

  /** The caller's answer to our offer. */
  #answered(body: Buffer): void {
    this.#own?.take(body);
  }
}

/** Gives up a call that is not answered: what it was counted with, and the caller, who is told why. */
export function cannotTake(
  { services: { log } }: CallContext,
  invite: IncomingInvite,
  terms: IncomingTerms,
  error: unknown,
): void {
  terms.release();
  // Who refuses it for us says so, with the rest that is known of it.
  if (!terms.refuse)
    log.warn(
      { sipCallId: invite.callId, to: terms.to, problem: messageOf(error) },
      'an incoming call could not be taken',
    );
  refuse(invite, terms, error);
}

/** The true reason, in the status. */
function refuse(invite: IncomingInvite, { refuse: tell }: IncomingTerms, error: unknown): void {
  const refusal = callRefusalOf(error);
  if (tell) tell(refusal);
  else rejectFor(invite, refusal);
}
