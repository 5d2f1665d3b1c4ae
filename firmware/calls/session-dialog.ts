import type { Hears } from '../../pipelines/protocol/leg-media.ts';
import { CrosspointError, isCrosspointError, messageOf } from '../base/errors.ts';
import type { DigitTiming, MediaDigit, MediaLeg } from '../media/media.ts';
import type { Agreed } from '../sdp/agreed.ts';
import type { Direction } from '../sdp/session-description.ts';
import type { Dialog } from '../sip/dialog/dialog.ts';
import type { DialogEnd, DialogRequest, ExtraHeaders, SessionChange } from '../sip/dialog/dialog-listener.ts';
import type { Call } from './call.ts';
import { DigitOutput } from './digit-output.ts';
import { DigitSources } from './digit-sources.ts';
import { listeningOnly } from './media-terms.ts';
import type { Negotiation } from './negotiation.ts';
import { type EndReason, endReasons, lostDialog, reasonHeader } from './reasons.ts';
import { sdpWarning } from './sdp-warning.ts';
import type { Signalling } from './sip-side.ts';

export interface SessionDialogParts {
  readonly call: Call;
  readonly dialog: Dialog;
  readonly leg: MediaLeg;
  readonly negotiation: Negotiation;
  /** What the far end hears at this moment when it is not on hold. */
  readonly hears: () => Hears;
  /** False for a participant who may only listen. */
  readonly speaks: boolean;
}

const SILENCE: Hears = { kind: 'silence' };

/**
 * The answered side of a call that lies in a session (or hears a tone, or itself): what its far end changes within the
 * dialog, and what we do. Both can put the call on hold; it goes on when neither does.
 */
export class SessionDialog implements Signalling {
  readonly #parts: SessionDialogParts;
  readonly #sources: DigitSources;
  readonly #output: DigitOutput;
  #leg: MediaLeg;
  /** Our wish, in every offer and answer. */
  #direction: Direction = 'sendrecv';

  constructor(parts: SessionDialogParts) {
    this.#parts = parts;
    const { call, dialog, negotiation } = parts;
    this.#leg = parts.leg;
    const leg = () => this.#leg;
    this.#sources = new DigitSources(call.clock, digit => call.pressed('first-side', digit));
    this.#output = new DigitOutput({
      get leg() {
        return leg();
      },
      dialog: () => (dialog.closed ? null : dialog),
      agreed: () => negotiation.agreed,
      terms: () => negotiation.digits,
      clock: call.clock,
      lost: problem => call.log.warn({ call: call.ref.id, problem }, 'a digit was lost'),
    });
  }

  /** From now on it hears what the far end says in the dialog. */
  start(): void {
    this.#parts.dialog.listener = {
      ended: end => this.#ended(end),
      change: change => void this.#change(change),
      request: request => this.#request(request),
    };
  }

  get agreed(): Agreed | null {
    return this.#parts.negotiation.agreed;
  }

  /** The worker has heard a digit of the far end. */
  heard(digit: MediaDigit): void {
    this.#sources.heard(digit);
  }

  sendDigits(digits: string, timing?: DigitTiming): Promise<void> {
    return this.#output.send(digits, timing);
  }

  hangUp(reason: EndReason): void {
    this.#close();
    void this.#parts.dialog.bye([reasonHeader(reason)]);
  }

  /**
   * Puts the far end on hold, or takes it back. Resolves when the far end has agreed.
   * @throws CrosspointError call.change-refused
   */
  async hold(on: boolean): Promise<void> {
    const before = this.#direction;
    this.#direction = on ? 'sendonly' : 'sendrecv';
    try {
      await this.#offer();
    } catch (error) {
      this.#direction = before;
      throw error;
    }
  }

  /** What it hears when it is not on hold is another. @throws CrosspointError media.… */
  async hearsAnew(): Promise<void> {
    const { hears } = this.#parts;
    if (this.#direction === 'sendrecv') await this.#leg.update({ hears: hears() });
  }

  /**
   * Has the far end send to another leg, which hears what the one before has heard. Resolves when it has agreed; the leg
   * before is its owner's to close.
   * @throws CrosspointError call.change-refused, media.…; all is then as it was
   */
  async moveTo(leg: MediaLeg): Promise<void> {
    const before = this.#leg;
    const { negotiation } = this.#parts;
    negotiation.moveTo(leg.local);
    this.#leg = leg;
    try {
      await this.#offer();
    } catch (error) {
      negotiation.moveTo(before.local);
      this.#leg = before;
      throw error;
    }
  }

  /** The far end's answer to an offer of ours that came with an ACK; one that is of no use ends the call. */
  take(answer: Buffer): void {
    const { call } = this.#parts;
    this.#take(answer).catch(error => {
      call.log.warn({ call: call.ref.id, problem: messageOf(error) }, "the far end's answer is of no use");
      call.fail(error);
    });
  }

  /** Sends the far end an offer of what we now wish, and does what comes of it. */
  async #offer(): Promise<void> {
    const { dialog, negotiation } = this.#parts;
    const outcome = await dialog.change(negotiation.offer(this.#direction));
    if (outcome.kind === 'refused') {
      negotiation.refused();
      throw new CrosspointError(
        'call.change-refused',
        `The far end did not agree: ${outcome.status ?? ''} ${outcome.reason}`.trim(),
      );
    }
    await this.#apply(negotiation.readAnswer(outcome.body));
    this.#parts.call.mediaAgreed();
  }

  async #change(change: SessionChange): Promise<void> {
    const { negotiation } = this.#parts;
    if (change.body.length === 0) return this.#offerTo(change);
    try {
      const outcome = negotiation.answer(change.body, this.#direction);
      // Told that media stops, nothing of it is to be heard any more by the time that we agree.
      if (outcome.kind === 'held') await this.#leg.update({ direction: 'inactive' });
      else await this.#apply(outcome.agreed);
      change.accept(negotiation.answered(outcome.answer, outcome.kind === 'held' ? null : outcome.agreed));
      this.#heldByThem(outcome.kind === 'held' || outcome.agreed.held);
      this.#parts.call.mediaAgreed();
    } catch (error) {
      this.#refuse(change, error);
    }
  }

  /** A re-INVITE without an offer asks for ours (RFC 3261 §14.2); the answer comes with its ACK. */
  #offerTo(change: SessionChange): void {
    const { negotiation } = this.#parts;
    change.answered = body => this.take(body);
    change.failed = () => negotiation.refused();
    change.accept(negotiation.offer(this.#direction));
  }

  async #take(answer: Buffer): Promise<void> {
    const agreed = this.#parts.negotiation.readAnswer(answer);
    await this.#apply(agreed);
    this.#heldByThem(agreed.held && this.#direction === 'sendrecv');
    this.#parts.call.mediaAgreed();
  }

  #refuse(change: SessionChange, error: unknown): void {
    const { call } = this.#parts;
    if (isCrosspointError(error) && error.layer === 'sdp') {
      change.reject(488, undefined, [sdpWarning(error)]);
      return;
    }
    call.log.error({ call: call.ref.id, problem: messageOf(error) }, 'a change of the media could not be made');
    change.reject(500);
  }

  #apply(agreed: Agreed): Promise<void> {
    const { hears, speaks, negotiation } = this.#parts;
    const terms = negotiation.legTerms(speaks ? agreed : listeningOnly(agreed));
    return this.#leg.update({ ...terms, hears: this.#direction === 'sendrecv' ? hears() : SILENCE });
  }

  #heldByThem(held: boolean): void {
    const { call } = this.#parts;
    if (held) call.hold('first-side');
    else call.resume('first-side');
  }

  #request(asked: DialogRequest): void {
    const { method } = asked;
    if (method === 'INFO') {
      this.#sources.info(asked, this.#parts.negotiation.digits, false);
    } else if (method === 'REFER') {
      asked.respond(603, 'Transfers Are Not Taken Here');
    } else if (method === 'NOTIFY' || method === 'SUBSCRIBE') {
      asked.respond(489);
    } else {
      asked.respond(405, undefined, METHODS);
    }
  }

  #close(): void {
    this.#sources.close();
    this.#output.close();
  }

  #ended({ by }: DialogEnd): void {
    this.#close();
    const { call } = this.#parts;
    if (by === 'remote') void call.end('far-end', endReasons.normalClearing);
    else void call.end('box', lostDialog(by));
  }
}

const METHODS: ExtraHeaders = [
  ['Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, REFER, NOTIFY, SUBSCRIBE'],
];
