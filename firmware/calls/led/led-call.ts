import type { Hears } from '../../../pipelines/protocol/leg-media.ts';
import { CrosspointError, messageOf } from '../../base/errors.ts';
import type { ConnectionId, ProjectId, SessionId } from '../../base/ids.ts';
import type { LegListener, MediaDigit, MediaLeg } from '../../media/media.ts';
import type { Play, Playing } from '../../media/players.ts';
import type { Call, EndedBy } from '../call.ts';
import { type CallContext, publishStream } from '../call-context.ts';
import { hostOf } from '../events.ts';
import { partyOf } from '../party.ts';
import { type EndReason, endReasons, lostLeg, sipFailure } from '../reasons.ts';
import type { SessionDialog } from '../session-dialog.ts';

/** A session of somebody's, by its id, or one that is made for its name's sake. */
export type Place =
  | { readonly kind: 'session'; readonly project: ProjectId; readonly session: SessionId }
  | { readonly kind: 'room'; readonly project: ProjectId; readonly name: string };

const SILENCE: Hears = { kind: 'silence' };

/**
 * A call of one far end that somebody leads: it is in no session until it is put into one, goes from one to another, and
 * hears silence and what it is played between.
 *
 *     unanswered ── answer / 2xx ──▶ answered ◀──▶ in a session
 *         │                             │
 *         └─────── any end ─────────────┴──▶ ended
 */
export class LedCall {
  readonly call: Call;
  readonly #context: CallContext;
  #dialog: SessionDialog | null = null;
  #inside: { readonly host: ProjectId; readonly session: SessionId; readonly connection: ConnectionId } | null = null;
  #deaf = false;

  constructor(context: CallContext, call: Call) {
    this.#context = context;
    this.call = call;
  }

  get leg(): MediaLeg {
    return this.call.sides[0].leg;
  }

  get answered(): boolean {
    return this.#dialog !== null && !this.ended;
  }

  get ended(): boolean {
    return this.call.state === 'HANGUP';
  }

  get session(): SessionId | null {
    return this.#inside?.session ?? null;
  }

  get deafened(): boolean {
    return this.#deaf;
  }

  /** What its far end hears, beside what it is played. */
  readonly hears = (): Hears => {
    if (!this.#inside) return SILENCE;
    const { session } = this.#inside;
    return { kind: 'session', session, ...(this.#deaf && { only: [] }) };
  };

  /** Its dialog stands; to be told before the call is active. */
  speaksBy(dialog: SessionDialog): void {
    this.#dialog = dialog;
  }

  heard(digit: MediaDigit): void {
    this.#dialog?.heard(digit);
  }

  /** @throws CrosspointError call.not-active, media.… */
  async play(play: Play): Promise<Playing> {
    this.#answeredDialog();
    return this.leg.play(play, null);
  }

  /** @throws CrosspointError call.not-active, call.too-many-digits, media.… */
  sendDigits(digits: string): Promise<void> {
    return this.#answeredDialog().sendDigits(digits);
  }

  /**
   * Enters a session, having left the one before; resolves when it hears it.
   * @throws CrosspointError call.not-active, session.unknown, session.full, session.too-many, media.…
   */
  async enter(place: Place): Promise<SessionId> {
    const dialog = this.#answeredDialog();
    await this.leave();
    const { sessions, book } = this.#context;
    const { direction, from, to } = this.call;
    const party = partyOf(direction === 'inbound' ? from : to);
    const { project: host } = place;
    const { session, connectionId } =
      place.kind === 'room'
        ? sessions.joinRoom(place.name, party, host)
        : sessions.join(host, place.session, '', party);
    this.#inside = { host, session, connection: connectionId };
    this.call.moved({ session, connection: connectionId, ...(host !== this.call.ref.project && { host }) });
    book.moved(this.call, null);
    try {
      if (this.leg.visit(session)) await dialog.hearsAnew();
      else await this.#moveNear(session, dialog);
    } catch (error) {
      await this.leave();
      throw error;
    }
    publishStream(this.#context, this.call);
    return session;
  }

  /** Without effect where it is in none. Resolves when that is recorded; never rejects. */
  async leave(): Promise<void> {
    const inside = this.#inside;
    // At its end a call leaves by itself.
    if (!inside || this.ended) return;
    this.#inside = null;
    const { connection } = this.call.ref;
    this.call.moved({ session: null, connection: null });
    this.#context.book.moved(this.call, connection);
    this.#dialog?.hearsAnew().catch(error => this.#failed(error, 'a call could not be taken out of a session'));
    this.leg.visit(null);
    await this.#context.sessions.leave(inside.host, inside.session, inside.connection, 'clientDisconnected');
  }

  /** It hears nobody of its session, or everybody again. @throws CrosspointError call.not-active, media.… */
  async deafen(on: boolean): Promise<void> {
    const dialog = this.#answeredDialog();
    this.#deaf = on;
    await dialog.hearsAnew();
  }

  /** Resolves when its end is recorded. */
  hangUp(by: EndedBy, reason?: EndReason): Promise<void> {
    const usual = this.answered ? endReasons.normalClearing : sipFailure(487, 'Request Terminated');
    return this.call.end(by, reason ?? usual);
  }

  /** The session lies on another worker: the far end is asked to send there. */
  async #moveNear(session: SessionId, dialog: SessionDialog): Promise<void> {
    const leg = await this.#context.media.openLeg(
      session,
      legListener(() => this),
    );
    try {
      await dialog.moveTo(leg);
    } catch (error) {
      await leg.close();
      throw error;
    }
    const [side] = this.call.sides;
    this.call.exchange(side, { ...side, leg });
    leg.visit(session);
  }

  #answeredDialog(): SessionDialog {
    if (this.#dialog && !this.ended) return this.#dialog;
    throw new CrosspointError('call.not-active', 'The call has not been answered yet, or is over');
  }

  #failed(error: unknown, what: string): void {
    if (this.ended) return;
    this.call.log.warn({ call: this.call.ref.id, host: hostOf(this.call.ref), problem: messageOf(error) }, what);
  }
}

/** Of a leg that is opened before its call is there. */
export function legListener(led: () => LedCall | null): LegListener {
  return {
    digit: digit => led()?.heard(digit),
    rtpStarted: () => led()?.call.mark('heard'),
    lost: loss => void led()?.hangUp('box', lostLeg(loss)),
  };
}
