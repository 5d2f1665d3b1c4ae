import type { Announced, Announcement, Announcements } from '../announcements/announcements.ts';
import type { Prompts } from '../announcements/prompts.ts';
import { CrosspointError, messageOf } from '../base/errors.ts';
import type { ConnectionId, LegId, ProjectId, SessionId } from '../base/ids.ts';
import type { Media, MediaDigit } from '../media/media.ts';
import type { Sessions } from '../sessions/registry.ts';
import type { IncomingInvite } from '../sip/user-agent/incoming-invite.ts';
import type { UserAgent } from '../sip/user-agent/user-agent.ts';
import { answerBuiltin, answerCall, type CallDestination, type IncomingTerms } from './answer-call.ts';
import type { Call, CallServices, EndedBy } from './call.ts';
import { CallBook } from './call-book.ts';
import type { CallAdmission, CallContext, CallSettings } from './call-context.ts';
import type { DialRequest } from './dial-request.ts';
import type { MutedBy } from './events.ts';
import { forceMute } from './observed-mute.ts';
import type { OutboundRoutes } from './outbound-routes.ts';
import { type PlacedCall, placeCall } from './place-call.ts';
import { endReasons, shutDown, sipFailure } from './reasons.ts';

export interface CallsOptions {
  readonly services: CallServices;
  readonly userAgent: UserAgent;
  readonly media: Media;
  readonly sessions: Sessions;
  readonly admission: CallAdmission;
  readonly routes: OutboundRoutes;
  readonly prompts: Prompts;
  readonly announcements: Announcements;
  readonly clientLeg: CallContext['clientLeg'];
  readonly settings: CallSettings & { readonly callsPerProject: number };
}

/** What can be sent (DigitTiming). */
const MIN_DIGIT_MS = 40;
const MAX_DIGIT_MS = 5_000;
/** Long enough for every detector (ITU-T Q.24), and shorter than who dials by program pauses: nothing piles up. */
const DIGIT_GAP_MS = 50;

/** Whose call it is. */
interface Owner {
  readonly id: ProjectId;
}

/** Every call of the box: places them, answers them, ends them. */
export class Calls {
  readonly #context: CallContext;

  constructor({ settings, ...parts }: CallsOptions) {
    this.#context = { ...parts, settings, book: new CallBook(settings.callsPerProject) };
  }

  /** What placing, answering and joining calls share. */
  get context(): CallContext {
    return this.#context;
  }

  /** Answers a call to one of the box's own numbers; refuses every other with 404. */
  answerBuiltin(invite: IncomingInvite): Promise<void> {
    return answerBuiltin(this.#context, invite);
  }

  /** Answers a call and connects it; never rejects. */
  answer(invite: IncomingInvite, destination: CallDestination, terms: IncomingTerms): Promise<void> {
    return answerCall(this.#context, invite, destination, terms);
  }

  get live(): number {
    return this.#context.book.size;
  }

  list(): Call[] {
    return this.#context.book.all();
  }

  get(id: string): Call | undefined {
    return this.#context.book.get(id);
  }

  /** Whose leg that is; undefined for one that has closed. */
  withLeg(leg: LegId): Call | undefined {
    return this.list().find(({ sides }) => sides.some(side => side.leg.id === leg));
  }

  /** Whose connection that is; undefined for a client's, and for one that has left. */
  withConnection(project: ProjectId, session: SessionId, connection: ConnectionId): Call | undefined {
    return this.#context.book.byConnection(project, session, connection);
  }

  /** @throws CrosspointError as `placeCall` */
  dial(project: Owner, session: { readonly id: SessionId }, request: DialRequest): Promise<PlacedCall> {
    return placeCall(this.#context, project.id, session.id, request);
  }

  /**
   * Ends a call as the application wishes: BYE once it was answered, CANCEL before. Resolves when that is recorded.
   * @throws CrosspointError call.unknown
   */
  async hangup(project: Owner, session: SessionId, connection: ConnectionId): Promise<void> {
    await hangUp(this.ofConnection(project, session, connection), 'application');
  }

  /**
   * The same as the operator wishes, whoever's call it is.
   * @throws CrosspointError call.unknown
   */
  async hangupAnybodys(id: string): Promise<void> {
    const call = this.get(id);
    if (!call) throw new CrosspointError('call.unknown', 'There is no such live call');
    await hangUp(call, 'operator');
  }

  /**
   * Puts the far end of a call on hold, or takes it back; both far ends of a bridge, or neither. Resolves when they have
   * agreed.
   * @throws CrosspointError call.unknown, call.not-active, call.change-refused
   */
  async hold(id: string, on: boolean): Promise<void> {
    const call = this.get(id);
    if (!call) throw new CrosspointError('call.unknown', 'There is no such live call');
    const agreed = await Promise.allSettled(call.sides.map(({ signalling }) => signalling.hold(on)));
    const refused = agreed.find(({ status }) => status === 'rejected');
    if (refused?.status !== 'rejected') {
      if (on) call.hold('application');
      else call.resume('application');
      return;
    }
    // Nobody stays on hold of a bridge alone because the other one did not agree.
    if (call.isHeldBy('application') !== on)
      await Promise.allSettled(
        call.sides.map(({ signalling }, index) => agreed[index]?.status === 'fulfilled' && signalling.hold(!on)),
      );
    throw refused.reason;
  }

  /**
   * Sends digits to one connection, or to every call of a session.
   * @throws CrosspointError call.unknown, call.not-active, call.too-many-digits, media.no-telephone-event, media.no-tones
   */
  async sendDigits(project: Owner, session: SessionId, connection: ConnectionId | null, digits: string): Promise<void> {
    if (connection !== null) {
      const call = this.ofConnection(project, session, connection);
      if (call.stages.activeAt === null)
        throw new CrosspointError('call.not-active', 'The call has not been answered yet');
      await call.sides[0].signalling.sendDigits(digits);
      return;
    }
    const answered = this.#context.book.inSession(project.id, session).filter(({ stages }) => stages.activeAt !== null);
    await Promise.all(answered.map(call => call.sides[0].signalling.sendDigits(digits)));
  }

  /**
   * A client of a session has pressed a key: the phones that are talking in it are sent it, each in the way that its trunk
   * wants, as long as it was pressed.
   */
  passDigit(project: ProjectId, session: SessionId, { digit, durationMs }: MediaDigit): void {
    const timing = {
      digitMs: Math.min(Math.max(Math.round(durationMs), MIN_DIGIT_MS), MAX_DIGIT_MS),
      gapMs: DIGIT_GAP_MS,
    };
    for (const { state, sides, ref, log } of this.#context.book.inSession(project, session)) {
      if (state !== 'ACTIVE') continue;
      sides[0].signalling
        .sendDigits(digit, timing)
        .catch(error => log.warn({ call: ref.id, problem: messageOf(error) }, "a client's digit was lost"));
    }
  }

  /**
   * Mutes whoever publishes a stream: a client; a phone, if its call obeys.
   * @throws CrosspointError session.stream-unknown
   */
  async muteStream(project: Owner, session: SessionId, stream: string): Promise<void> {
    await this.#forceMute(project, session, this.#context.sessions.muteStream(project.id, session, stream));
  }

  /** Mutes everybody but the excluded, and whoever comes later; or, with active false, nobody who comes later. */
  async muteSession(
    project: Owner,
    session: SessionId,
    { active, excluded }: { readonly active: boolean; readonly excluded: readonly string[] },
  ): Promise<void> {
    const { sessions } = this.#context;
    if (!active) return sessions.endMute(project.id, session);
    const publishers = sessions.muteAll(project.id, session, new Set(excluded));
    await Promise.all(publishers.map(connection => this.#forceMute(project, session, connection)));
  }

  /**
   * Mutes the far end of a call, whatever it was dialled with.
   * @throws CrosspointError call.unknown, call.not-active, call.bridged
   */
  async mute(id: string, on: boolean, by: MutedBy): Promise<void> {
    await this.#talkingAlone(id).mute(on, by);
  }

  /**
   * Plays something to the far end of a call, or to everybody of its session. Resolves when it is heard or waits to be.
   * @throws CrosspointError call.unknown, call.not-active, call.bridged, call.no-session, media.…
   */
  async play(id: string, announcement: Announcement, toSession: boolean): Promise<Announced> {
    const call = this.#talkingAlone(id);
    const { sides, ref } = call;
    if (toSession && ref.session === null)
      throw new CrosspointError('call.no-session', 'The call is in no session: it can be played to its far end alone');
    return this.#context.announcements.play(sides[0].leg, toSession ? ref.session : null, announcement, end =>
      call.playEnded(end),
    );
  }

  /**
   * @param player null: all that the call was played
   * @throws CrosspointError call.unknown, call.not-active, call.bridged, media.player-unknown
   */
  async stopPlay(id: string, player: string | null, fadeOutMs: number): Promise<void> {
    await this.#context.announcements.stop(this.#talkingAlone(id).sides[0].leg, player, fadeOutMs);
  }

  /** A call that has one far end and was answered. */
  #talkingAlone(id: string): Call {
    const call = this.get(id);
    if (!call) throw new CrosspointError('call.unknown', 'There is no such live call');
    if (call.stages.activeAt === null)
      throw new CrosspointError('call.not-active', 'The call has not been answered yet');
    if (call.sides.length > 1)
      throw new CrosspointError(
        'call.bridged',
        'The call is a bridge of two far ends, and it is not said which is meant',
      );
    return call;
  }

  async #forceMute(project: Owner, session: SessionId, connection: ConnectionId): Promise<void> {
    const call = this.#context.book.byConnection(project.id, session, connection);
    if (call) await forceMute(call, this.#context.prompts);
  }

  /** Takes no more calls and hangs up every one that there is; resolves when all ends are recorded. */
  async close(): Promise<void> {
    this.#context.userAgent.draining = true;
    await Promise.all(this.list().map(call => call.end('box', shutDown)));
  }

  /** @throws CrosspointError call.unknown, also for another project's */
  ofConnection(project: Owner, session: SessionId, connection: ConnectionId): Call {
    const call = this.#context.book.byConnection(project.id, session, connection);
    if (!call) throw new CrosspointError('call.unknown', 'There is no such connection in that session');
    return call;
  }
}

function hangUp(call: Call, by: EndedBy): Promise<void> {
  const answered = call.stages.activeAt !== null;
  return call.end(by, answered ? endReasons.normalClearing : sipFailure(487, 'Request Terminated'));
}
