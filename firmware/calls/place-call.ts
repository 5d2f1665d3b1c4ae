import { messageOf } from '../base/errors.ts';
import { type CallId, type ConnectionId, newId, type ProjectId, type SessionId, type StreamId } from '../base/ids.ts';
import type { MediaLeg } from '../media/media.ts';
import type { Joined } from '../sessions/registry.ts';
import type { Dialog } from '../sip/dialog/dialog.ts';
import { Call } from './call.ts';
import { type CallContext, forgetCall, publishStream } from './call-context.ts';
import type { DialRequest } from './dial-request.ts';
import { HeardStreams } from './heard-streams.ts';
import { inviteInTurn } from './invite-in-turn.ts';
import { listeningOnly } from './media-terms.ts';
import { MuteCode } from './mute-code.ts';
import type { Negotiation } from './negotiation.ts';
import { forceMute, toggleMute } from './observed-mute.ts';
import type { OutboundRoute } from './outbound-routes.ts';
import { partyOf } from './party.ts';
import { lostLeg, notStored } from './reasons.ts';
import { SessionDialog } from './session-dialog.ts';
import { SILENT, type SipSide } from './sip-side.ts';
import { targetOf } from './target-of.ts';

/** Tell the far end's application which session called it; every vendor sample depends on the first one. */
const SESSION_HEADER = 'X-OpenTok-SessionId';
const CONNECTION_HEADER = 'X-OpenTok-ConnectionId';

export interface PlacedCall {
  readonly id: CallId;
  readonly connectionId: ConnectionId;
  readonly streamId: StreamId;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/**
 * Dials a SIP address into a session (CONTRACT §1.4). The connection exists at once; the call is on its way when this
 * resolves, and everything that an answer may tell is committed.
 *
 * @throws CrosspointError call.bad-uri, call.too-many, policy.…, trunk.…, session.…, media.…; what `CallAdmission` throws
 */
export async function placeCall(
  context: CallContext,
  project: ProjectId,
  session: SessionId,
  request: DialRequest,
): Promise<PlacedCall> {
  const requestedAt = context.services.clock.monotonic();
  const wish = { target: targetOf(request.uri), from: request.from, secure: request.secure };
  context.admission.admit(1, () => context.routes.isEmergency(project, wish));
  context.book.reserve(project);
  let route: OutboundRoute | null = null;
  try {
    route = context.routes.admit(project, wish);
    const attempt = new OutgoingCall(context, session, route, request, requestedAt);
    const started = await attempt.start(project);
    await started.recorded;
    return started.placed;
  } catch (error) {
    // A call that began has given these back at its end.
    if (error instanceof NotRecorded) throw error.cause;
    route?.release();
    context.book.unreserve(project);
    throw error;
  }
}

/** The call has begun and ended again, for its beginning could not be stored. */
class NotRecorded extends Error {}

interface Started {
  readonly placed: PlacedCall;
  /** Rejects with NotRecorded. */
  readonly recorded: Promise<void>;
}

/** One outgoing call from the request to its dialog. */
class OutgoingCall {
  readonly #context: CallContext;
  readonly #session: SessionId;
  readonly #route: OutboundRoute;
  readonly #request: DialRequest;
  /** Monotonic milliseconds. */
  readonly #requestedAt: number;
  #call: Call | null = null;
  readonly #code: MuteCode;
  #own: SessionDialog | null = null;

  constructor(
    context: CallContext,
    session: SessionId,
    route: OutboundRoute,
    request: DialRequest,
    requestedAt: number,
  ) {
    this.#context = context;
    this.#session = session;
    this.#route = route;
    this.#request = request;
    this.#requestedAt = requestedAt;
    this.#code = new MuteCode(context.services.clock);
  }

  /** @throws what made the call impossible; nothing has been told or sent then */
  async start(project: ProjectId): Promise<Started> {
    const { sessions, media } = this.#context;
    const leg = await media.openLeg(this.#session, {
      digit: digit => {
        // CONTRACT §1.4: *6 counts as events alone.
        if (digit.source === 'rfc4733') this.#digit(digit.digit);
        this.#own?.heard(digit);
      },
      rtpStarted: () => this.#call?.mark('heard'),
      lost: loss => void this.#call?.end('box', lostLeg(loss)),
    });
    let joined: Joined | null = null;
    try {
      const { connectionData, uri, layoutClasses } = this.#request;
      joined = sessions.join(project, this.#session, connectionData, partyOf(uri), layoutClasses);
      return this.#dial(joined, leg, project);
    } catch (error) {
      if (joined) await sessions.leave(project, this.#session, joined.connectionId, 'networkDisconnected');
      await leg.close();
      throw error;
    }
  }

  #dial(joined: Joined, leg: MediaLeg, project: ProjectId): Started {
    const { services, book } = this.#context;
    const { connectionId, streamId } = joined;
    const { from, maxDurationMs } = this.#route;
    const createdAt = services.clock.now();
    const side: SipSide = { leg, signalling: SILENT };
    const call = new Call(
      {
        ref: { id: newId<CallId>(), project, session: this.#session, connection: connectionId, createdAt },
        direction: 'outbound',
        from: from.uri,
        to: this.#request.uri,
        observesForceMute: this.#request.observeForceMute,
        ...(maxDurationMs !== undefined && { maxDurationMs }),
      },
      [side],
      services,
      async (ended, by) => {
        this.#route.release();
        await forgetCall(this.#context, ended, by);
      },
    );
    call.mark('requested', this.#requestedAt);
    this.#invite(call, side);
    this.#call = call;
    book.add(call);
    const recorded = Promise.all([joined.recorded, call.created()]).then(
      () => {},
      async cause => {
        await call.end('box', notStored);
        throw new NotRecorded('the call could not be recorded', { cause });
      },
    );
    return { placed: { id: call.ref.id, connectionId, streamId, createdAt }, recorded };
  }

  #invite(call: Call, side: SipSide): void {
    const { auth, headers } = this.#request;
    inviteInTurn({
      context: this.#context,
      call,
      side,
      route: this.#route,
      auth,
      headers: [...headers, [SESSION_HEADER, this.#session], [CONNECTION_HEADER, String(call.ref.connection)]],
      ringLimitMs: this.#context.settings.ringLimitMs,
      accepted: (negotiation, dialog, body) => this.#accepted(call, side, negotiation, dialog, body),
    });
  }

  #accepted(call: Call, side: SipSide, negotiation: Negotiation, dialog: Dialog, body: Buffer): void {
    const { log } = this.#context.services;
    const speaks = this.#request.publishes;
    const heard = this.#heard(call);
    const hears = () => heard.hears;
    const own = new SessionDialog({ call, dialog, leg: side.leg, negotiation, hears, speaks });
    own.start();
    this.#own = own;
    side.signalling = own;
    try {
      const agreed = negotiation.readAnswer(body);
      this.#startMuted(call);
      const terms = negotiation.legTerms(speaks ? agreed : listeningOnly(agreed));
      side.leg.update({ ...terms, hears: hears() }).catch(error => {
        log.error({ call: call.ref.id, problem: messageOf(error) }, 'the media leg did not take what was agreed');
        call.fail(error);
      });
      heard.watch(() => this.#logged(call, own.hearsAnew(), 'a call could not hear another stream'));
      call.active();
      if (agreed.held) call.hold('first-side');
    } catch (error) {
      log.warn({ call: call.ref.id, problem: messageOf(error) }, "the far end's answer is of no use");
      call.fail(error);
      return;
    }
    if (speaks) publishStream(this.#context, call);
  }

  #heard({ ref }: Call): HeardStreams {
    const { streams } = this.#request;
    return new HeardStreams({ context: this.#context, call: ref, session: this.#session, streams });
  }

  /** In a session that is muted; told to the leg before what it may hear of the far end. */
  #startMuted(call: Call): void {
    const { project, connection } = call.ref;
    if (connection === null || !this.#context.sessions.startsMuted(project, this.#session, connection)) return;
    this.#logged(call, forceMute(call, this.#context.prompts), UNMUTABLE);
  }

  /** `*6` mutes and unmutes, where the call was dialled so. */
  #digit(digit: string): void {
    const call = this.#call;
    if (this.#code.take(digit) && call) this.#logged(call, toggleMute(call, this.#context.prompts), UNMUTABLE);
  }

  #logged(call: Call, doing: Promise<void>, failed: string): void {
    doing.catch(error => this.#context.services.log.warn({ call: call.ref.id, problem: messageOf(error) }, failed));
  }
}

const UNMUTABLE = 'a call could not be muted';
