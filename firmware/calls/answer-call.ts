import { randomInt } from 'node:crypto';
import type { Hears } from '../../pipelines/protocol.ts';
import { isCrosspointError, messageOf } from '../base/errors.ts';
import { type CallId, newId } from '../base/ids.ts';
import type { LegAddress, LegConfig, MediaLeg } from '../media/media.ts';
import { answerOffer } from '../sdp/answer.ts';
import { AUDIO_CODECS } from '../sdp/codec-table.ts';
import { DEVICE, type Joined } from '../sessions/registry.ts';
import type { IncomingInvite } from '../sip/user-agent/incoming-invite.ts';
import { BUILTIN_TONE, type BuiltinNumber, builtinNumber } from './builtin-numbers.ts';
import { Call } from './call.ts';
import { type CallContext, forgetCall, publishStream } from './call-context.ts';
import { legTerms } from './media-terms.ts';
import { endReasons, sipFailure } from './reasons.ts';
import type { SipSide } from './sip-side.ts';

const RETRY_SOON: readonly (readonly [string, string])[] = [['Retry-After', '10']];

/**
 * Answers a call to one of the box's own numbers; refuses every other. Whoever gets here has been let in by the
 * transport (builtinNumbers.allowFrom).
 */
export async function answerCall(context: CallContext, invite: IncomingInvite): Promise<void> {
  const number = builtinNumber(invite.calledUser);
  if (!number) return invite.reject(404);
  try {
    context.book.reserve(DEVICE);
  } catch {
    return invite.reject(503, undefined, RETRY_SOON);
  }
  const call = new IncomingCall(context, invite, number);
  await call.start().catch(error => {
    context.book.unreserve(DEVICE);
    context.services.log.warn(
      { problem: messageOf(error), to: invite.calledUser },
      'an incoming call could not be taken',
    );
    refuse(invite, error);
  });
}

/** One incoming call from its INVITE to its dialog. */
class IncomingCall {
  readonly #context: CallContext;
  readonly #invite: IncomingInvite;
  readonly #number: BuiltinNumber;
  #call: Call | null = null;
  #answer = '';

  constructor(context: CallContext, invite: IncomingInvite, number: BuiltinNumber) {
    this.#context = context;
    this.#invite = invite;
    this.#number = number;
  }

  /** @throws what made it impossible; nothing is left behind then */
  async start(): Promise<void> {
    const { sessions, media } = this.#context;
    this.#invite.listener = {
      confirmed: () => {},
      ackTimeout: () => void this.#call?.end('box', endReasons.unexpectedClearing),
      cancelled: () => {}, // noticed when it is to be accepted
    };
    const joined = this.#number.kind === 'room' ? sessions.joinRoom(this.#number.name) : null;
    let leg: MediaLeg;
    try {
      leg = await media.openLeg(
        joined?.session ?? null,
        { lost: () => void this.#call?.end('box', endReasons.unexpectedClearing) },
        local => this.#terms(local, joined),
      );
    } catch (error) {
      if (joined) await sessions.leave(DEVICE, joined.session, joined.connectionId, 'networkDisconnected');
      throw error;
    }
    this.#answered(leg, joined);
  }

  /** @throws CrosspointError sdp.… when the offer has nothing that we can do */
  #terms({ address, rtpPort }: LegAddress, joined: Joined | null): LegConfig {
    const ours = { address, rtpPort, sessionId: randomInt(1, 2 ** 47), version: 1, codecs: AUDIO_CODECS };
    const outcome = answerOffer(this.#invite.request.body.toString('utf8'), ours);
    if (outcome.kind === 'refused') throw outcome.refusal;
    this.#answer = outcome.answer;
    return { ...legTerms(outcome.agreed), hears: this.#hears(joined) };
  }

  #hears(joined: Joined | null): Hears {
    if (joined) return { kind: 'session', session: joined.session };
    return this.#number.kind === 'tone' ? BUILTIN_TONE : { kind: 'echo' };
  }

  #answered(leg: MediaLeg, joined: Joined | null): void {
    const { services, book } = this.#context;
    const invite = this.#invite;
    const side: SipSide = { leg, signalling: { hangUp: () => {} } };
    const call = new Call(
      {
        ref: {
          id: newId<CallId>(),
          project: DEVICE,
          session: joined?.session ?? null,
          connection: joined?.connectionId ?? null,
          createdAt: services.clock.now(),
        },
        direction: 'inbound',
        from: invite.from.uri,
        to: invite.calledUser,
      },
      [side],
      services,
      (ended, by) => forgetCall(this.#context, ended, by),
    );
    this.#call = call;
    book.add(call);
    call.created().catch(() => void call.end('box', endReasons.unexpectedClearing));
    const dialog = invite.accept(Buffer.from(this.#answer));
    if (!dialog) {
      void call.end('far-end', sipFailure(487, 'Request Terminated')); // cancelled while the leg was being opened
      return;
    }
    dialog.listener = {
      ended: () => {
        side.signalling = { hangUp: () => {} };
        void call.end('far-end', endReasons.normalClearing);
      },
    };
    side.signalling = { hangUp: () => void dialog.bye() };
    call.active();
    publishStream(this.#context, call);
  }
}

/** The true reason, in the status: 488 for an offer that we cannot take, 503 for a box that cannot take a call now. */
function refuse(invite: IncomingInvite, error: unknown): void {
  if (isCrosspointError(error) && error.layer === 'sdp') {
    invite.reject(488, undefined, [['Warning', `304 crosspoint "${error.message.replace(/["\\\r\n]/g, ' ')}"`]]);
  } else {
    invite.reject(503, undefined, RETRY_SOON);
  }
}
