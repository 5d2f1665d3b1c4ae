import { randomInt } from 'node:crypto';
import { CrosspointError, messageOf } from '../base/errors.ts';
import { type CallId, type ConnectionId, newId, type ProjectId, type SessionId, type StreamId } from '../base/ids.ts';
import type { LegAddress, MediaLeg } from '../media/media.ts';
import { readAnswer } from '../sdp/answer.ts';
import { AUDIO_CODECS } from '../sdp/codec-table.ts';
import { makeOffer } from '../sdp/offer.ts';
import type { Joined } from '../sessions/registry.ts';
import type { Dialog } from '../sip/dialog/dialog.ts';
import { SipParseError } from '../sip/message/errors.ts';
import { formatUri, parseUri, type SipUri } from '../sip/message/uri.ts';
import { Call } from './call.ts';
import { type CallContext, forgetCall, publishStream } from './call-context.ts';
import { fromUri } from './caller-identity.ts';
import type { DialRequest } from './dial-request.ts';
import { legTerms, listeningOnly } from './media-terms.ts';
import { reasonOfFailure } from './outcome.ts';
import { endReasons } from './reasons.ts';
import type { SipSide } from './sip-side.ts';

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
 * @throws CrosspointError call.bad-uri, call.too-many, session.…, media.…
 */
export async function placeCall(
  context: CallContext,
  project: ProjectId,
  session: SessionId,
  request: DialRequest,
): Promise<PlacedCall> {
  const target = targetOf(request.uri);
  context.book.reserve(project);
  const attempt = new OutgoingCall(context, session, request.publishes);
  const started = await attempt.start(project, target, request).catch(error => {
    context.book.unreserve(project);
    throw error;
  });
  await started.recorded;
  return started.placed;
}

interface Started {
  readonly placed: PlacedCall;
  /** Rejects, with the call ended, when its beginning could not be stored. */
  readonly recorded: Promise<void>;
}

/** One outgoing call from the request to its dialog. */
class OutgoingCall {
  readonly #context: CallContext;
  readonly #session: SessionId;
  #call: Call | null = null;
  #leg: MediaLeg | null = null;
  readonly #publishes: boolean;
  #offer = '';

  constructor(context: CallContext, session: SessionId, publishes: boolean) {
    this.#context = context;
    this.#session = session;
    this.#publishes = publishes;
  }

  /** @throws what made the call impossible; nothing has been told or sent then */
  async start(project: ProjectId, target: SipUri, request: DialRequest): Promise<Started> {
    const { sessions, media } = this.#context;
    const leg = await media.openLeg(this.#session, {
      lost: () => void this.#call?.end('box', endReasons.unexpectedClearing),
    });
    this.#leg = leg;
    let joined: Joined | null = null;
    try {
      joined = sessions.join(project, this.#session, request.connectionData);
      return this.#dial(joined, leg, project, target, request);
    } catch (error) {
      if (joined) await sessions.leave(project, this.#session, joined.connectionId, 'networkDisconnected');
      await leg.close();
      throw error;
    }
  }

  #dial(joined: Joined, leg: MediaLeg, project: ProjectId, target: SipUri, request: DialRequest): Started {
    const { services, settings, book } = this.#context;
    const { connectionId, streamId } = joined;
    const createdAt = services.clock.now();
    const side: SipSide = { leg, signalling: { hangUp: () => {} } };
    const call = new Call(
      {
        ref: { id: newId<CallId>(), project, session: this.#session, connection: connectionId, createdAt },
        direction: 'outbound',
        from: fromUri(request.from, settings.domain, settings.allowAlphanumericFrom),
        to: request.uri,
      },
      [side],
      services,
      (ended, by) => forgetCall(this.#context, ended, by),
    );
    this.#invite(call, side, leg.local, target, request);
    this.#call = call;
    book.add(call);
    const recorded = Promise.all([joined.recorded, call.created()]).then(
      () => {},
      async error => {
        await call.end('box', endReasons.unexpectedClearing);
        throw error;
      },
    );
    return { placed: { id: call.ref.id, connectionId, streamId, createdAt }, recorded };
  }

  #invite(call: Call, side: SipSide, local: LegAddress, target: SipUri, request: DialRequest): void {
    const { userAgent, settings } = this.#context;
    this.#offer = makeOffer({
      address: local.address,
      rtpPort: local.rtpPort,
      sessionId: randomInt(1, 2 ** 47),
      version: 1,
      codecs: AUDIO_CODECS,
    });
    const invite = userAgent.invite(
      {
        target,
        requestUri: formatUri({ ...target, headers: null }),
        from: { uri: call.from },
        to: formatUri({ ...target, headers: null, params: new Map() }),
        headers: [
          ...request.headers,
          [SESSION_HEADER, this.#session],
          [CONNECTION_HEADER, String(call.ref.connection)],
        ],
        body: Buffer.from(this.#offer),
        contentType: 'application/sdp',
        ringLimitMs: settings.ringLimitMs,
        ...(request.auth && { auth: request.auth }),
      },
      {
        sent: () => call.dialling(),
        // Early media is off: what comes before the answer is not even looked at.
        progress: status => {
          if (status > 100) call.ringing();
        },
        accepted: (dialog, body) => this.#accepted(call, side, dialog, body),
        failed: failure => {
          side.signalling = { hangUp: () => {} };
          void call.end('far-end', reasonOfFailure(failure));
        },
      },
    );
    side.signalling = { hangUp: () => invite.cancel() };
  }

  #accepted(call: Call, side: SipSide, dialog: Dialog, body: Buffer): void {
    const { log } = this.#context.services;
    side.signalling = { hangUp: () => void dialog.bye() };
    dialog.listener = {
      ended: () => {
        side.signalling = { hangUp: () => {} };
        void call.end('far-end', endReasons.normalClearing);
      },
    };
    const outcome = readAnswer(this.#offer, body.toString('utf8'));
    if (outcome.kind === 'refused') {
      log.warn(
        { call: call.ref.id, code: outcome.refusal.code, problem: outcome.refusal.message },
        "the far end's answer is of no use",
      );
      void call.end('box', endReasons.unexpectedClearing);
      return;
    }
    const terms = legTerms(this.#publishes ? outcome.agreed : listeningOnly(outcome.agreed));
    this.#leg?.update({ ...terms, hears: { kind: 'session', session: this.#session } }).catch(error => {
      log.error({ call: call.ref.id, problem: messageOf(error) }, 'the media leg did not take what was agreed');
      void call.end('box', endReasons.unexpectedClearing);
    });
    call.active();
    if (this.#publishes) publishStream(this.#context, call);
  }
}

/** @throws CrosspointError call.bad-uri */
function targetOf(uri: string): SipUri {
  try {
    return parseUri(uri);
  } catch (error) {
    if (error instanceof SipParseError)
      throw new CrosspointError('call.bad-uri', `The SIP URI cannot be called: ${error.message}`);
    throw error;
  }
}
