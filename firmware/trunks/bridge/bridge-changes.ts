import { CrosspointError, isCrosspointError, messageOf } from '../../base/errors.ts';
import { sdpWarning } from '../../calls/sdp-warning.ts';
import { flowFrom } from '../../sdp/agree.ts';
import { directionOf } from '../../sdp/direction.ts';
import { parseDescription } from '../../sdp/parse-description.ts';
import type { Direction } from '../../sdp/session-description.ts';
import type { SessionChange } from '../../sip/dialog/dialog-listener.ts';
import { answerAcross, asActive, offerAcross } from './across.ts';
import type { Bridge } from './bridge.ts';
import type { BridgeSide } from './bridge-side.ts';
import { passageOf } from './passage.ts';

/** An answer that one side gets to its offer. */
type Answer = ReturnType<typeof answerAcross>;

/**
 * Offers after the answer, carried to the other side: hold and resume, other codecs. What is of no concern to the other
 * side (another address, a refresh) is answered here, and so is what it refuses.
 */
export class BridgeChanges {
  readonly #bridge: Bridge;
  /** Sides whose description is just being changed. */
  readonly #changing = new Set<BridgeSide>();

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** A re-INVITE or UPDATE of one far end. */
  async from(side: BridgeSide, change: SessionChange): Promise<void> {
    const other = this.#bridge.otherOf(side);
    if (this.#changing.has(side) || this.#changing.has(other)) {
      // §14.2: the far ends collide across the bridge.
      change.reject(491);
      return;
    }
    const end = this.#begin(side, other);
    try {
      if (change.body.length === 0) this.#offerTo(side, other, change);
      else await this.#carry(side, other, change);
    } catch (error) {
      this.#refuse(change, error);
    } finally {
      end();
    }
  }

  /**
   * Puts one far end on hold for the application, or takes it back.
   * @throws CrosspointError call.not-active, call.change-refused
   */
  async hold(side: BridgeSide, on: boolean): Promise<void> {
    const other = this.#bridge.otherOf(side);
    if (!this.#bridge.answered || other.remote === null)
      throw new CrosspointError('call.not-active', 'The call has not been answered yet');
    if (this.#changing.has(side))
      throw new CrosspointError('call.change-refused', 'Another change is under way', { retriable: true });
    const before = side.wish;
    const end = this.#begin(side);
    side.wish = on ? 'sendonly' : 'sendrecv';
    try {
      if (!(await this.tell(side, other, asActive(other.remote))))
        throw new CrosspointError('call.change-refused', 'The far end did not agree');
    } catch (error) {
      side.wish = before;
      throw error;
    } finally {
      end();
    }
    this.#bridge.join();
  }

  /**
   * Offers one side what another one has.
   * @param direction beside what the description and the side's own wish say
   * @returns false when it was refused: all stays as it was
   * @throws CrosspointError sdp.… when nothing of it can be offered, or the answer is of no use
   */
  async tell(side: BridgeSide, from: BridgeSide, description: string, direction?: Direction): Promise<boolean> {
    const { dialog } = side;
    if (!dialog) return false;
    const outcome = await dialog.change(offerAcross(side, from, description, direction));
    if (outcome.kind === 'refused') {
      side.negotiation.refused();
      return false;
    }
    side.takeAnswer(outcome.body);
    return true;
  }

  /**
   * After one side's description has changed: the other one is told where it has to know, or there would be no way for
   * media.
   */
  async follow(side: BridgeSide, other: BridgeSide): Promise<void> {
    const { remote, agreed } = side;
    if (remote === null || agreed === null) return;
    const end = this.#begin(other);
    try {
      if (this.#bridge.answered) await this.tell(other, side, remote);
    } catch (error) {
      const { call } = this.#bridge;
      call.log.warn({ call: call.ref.id, problem: messageOf(error) }, 'the other side could not follow a change');
    } finally {
      end();
    }
    this.#bridge.join();
  }

  async #carry(side: BridgeSide, other: BridgeSide, change: SessionChange): Promise<void> {
    const offer = change.body.toString('utf8');
    if (side.agreed && isSwitchedOff(offer)) {
      await this.#switchOff(side, other, change);
      return;
    }
    let gone = false;
    change.failed = () => {
      gone = true;
    };
    if (this.#bridge.answered && this.#concerns(side, other, offer) && (await this.#told(other, side, offer)) && gone) {
      // The other one has followed what its far end has taken back.
      if (side.remote !== null) await this.#told(other, side, side.remote);
      this.#bridge.join();
      return;
    }
    this.#give(side, change, offer, answerAcross(side, other, offer));
  }

  #give(side: BridgeSide, change: SessionChange, offer: string, { answer, agreed }: Answer): void {
    const body = side.gaveAnswer(offer, answer, agreed);
    // By the time that it hears our answer, media is as agreed.
    this.#bridge.join();
    change.accept(body);
  }

  /** False where the other side refuses: whoever asked is answered here then. */
  async #told(other: BridgeSide, side: BridgeSide, description: string): Promise<boolean> {
    try {
      return await this.tell(other, side, description);
    } catch (error) {
      if (!isCrosspointError(error)) throw error;
      other.negotiation.refused();
      const { call } = this.#bridge;
      call.log.info({ call: call.ref.id, problem: error.message }, 'a change of the media stays on one side');
      return false;
    }
  }

  /** Audio with port 0: a hold without an address to come back to (RFC 3264 §8.4 is its better form). */
  async #switchOff(side: BridgeSide, other: BridgeSide, change: SessionChange): Promise<void> {
    const outcome = side.negotiation.answer(change.body, side.wish);
    if (outcome.kind !== 'held') throw new CrosspointError('sdp.no-audio', 'no audio is offered');
    this.#bridge.media.silence(side);
    if (this.#bridge.answered && side.remote !== null) await this.#tellOff(other, side, side.remote);
    change.accept(side.gaveAnswer(change.body.toString('utf8'), outcome.answer, null));
    this.#bridge.call.hold(side.place);
  }

  async #tellOff(other: BridgeSide, side: BridgeSide, description: string): Promise<void> {
    try {
      await this.tell(other, side, description, 'inactive');
    } catch (error) {
      if (!isCrosspointError(error)) throw error;
      other.negotiation.refused();
    }
  }

  /** A re-INVITE without an offer asks for ours (RFC 3261 §14.2): the other side as it is. */
  #offerTo(side: BridgeSide, other: BridgeSide, change: SessionChange): void {
    if (other.remote === null) throw new CrosspointError('sdp.no-audio', 'the other side has no media yet');
    const before = side.remote;
    change.answered = body => this.#answered(side, other, body, before);
    change.failed = () => side.negotiation.refused();
    change.accept(offerAcross(side, other, asActive(other.remote)));
  }

  #answered(side: BridgeSide, other: BridgeSide, body: Buffer, before: string | null): void {
    try {
      const agreed = side.takeAnswer(body);
      const fits = other.agreed !== null && passageOf(agreed, other.agreed) !== null;
      if (fits && before !== null && isSameWay(before, body.toString('utf8'))) this.#bridge.join();
      else void this.follow(side, other);
    } catch (error) {
      const { call } = this.#bridge;
      call.log.warn({ call: call.ref.id, problem: messageOf(error) }, "the far end's answer is of no use");
      this.#bridge.fail();
    }
  }

  /** Whether the other far end has to know: somebody holds or resumes, or the codec cannot stay. */
  #concerns(side: BridgeSide, other: BridgeSide, offer: string): boolean {
    const { remote, agreed } = side;
    if (remote === null || agreed === null || side.off || !isSameWay(remote, offer)) return true;
    try {
      const next = answerAcross(side, other, offer).agreed;
      return other.agreed === null || passageOf(agreed, other.agreed) !== passageOf(next, other.agreed);
    } catch (error) {
      if (isCrosspointError(error)) return true;
      throw error;
    }
  }

  #begin(...sides: BridgeSide[]): () => void {
    for (const side of sides) this.#changing.add(side);
    return () => {
      for (const side of sides) this.#changing.delete(side);
    };
  }

  #refuse(change: SessionChange, error: unknown): void {
    if (isCrosspointError(error) && error.layer === 'sdp') {
      change.reject(488, undefined, [sdpWarning(error)]);
      return;
    }
    const { call } = this.#bridge;
    call.log.error({ call: call.ref.id, problem: messageOf(error) }, 'a change of the media could not be made');
    change.reject(500);
  }
}

/** Whether two descriptions of one far end say the same of who sends and who hears. */
function isSameWay(one: string, other: string): boolean {
  return wayOf(one) === wayOf(other);
}

function wayOf(description: string): Direction | null {
  try {
    const line = parseDescription(description).media.find(({ kind, port }) => kind === 'audio' && port !== 0);
    return line ? directionOf(flowFrom(line)) : null;
  } catch (error) {
    if (isCrosspointError(error)) return null;
    throw error;
  }
}

function isSwitchedOff(offer: string): boolean {
  try {
    const lines = parseDescription(offer).media.filter(({ kind }) => kind === 'audio');
    return lines.length > 0 && lines.every(({ port }) => port === 0);
  } catch (error) {
    if (isCrosspointError(error)) return false;
    throw error;
  }
}
