import type { Hears } from '../../../pipelines/protocol/leg-media.ts';
import { CrosspointError, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { listensForTones } from '../../calls/digit-way.ts';
import { legTerms } from '../../calls/media-terms.ts';
import type { LegConfig } from '../../media/media.ts';
import type { Agreed } from '../../sdp/agreed.ts';
import type { BridgeSide } from './bridge-side.ts';
import { type Passage, passageOf } from './passage.ts';
import { RINGBACK } from './ringback.ts';

export interface BridgeMediaParts {
  /** Where both legs lie; names the session of two as well. */
  readonly placement: string;
  readonly log: Log;
  /** The worker has refused what was agreed: the call cannot go on. */
  readonly broken: () => void;
}

const SILENCE: Hears = { kind: 'silence' };

/** Lets the two sides of a bridge hear each other. */
export class BridgeMedia {
  readonly #parts: BridgeMediaParts;
  #passage: Passage | null = null;

  constructor(parts: BridgeMediaParts) {
    this.#parts = parts;
  }

  /** Null until both sides are joined. */
  get passage(): Passage | null {
    return this.#passage;
  }

  /**
   * From now on each side hears what the other one sends, as agreed at this moment; a side with which nothing is agreed
   * hears and says nothing yet.
   * @throws CrosspointError sdp.no-common-codec when what they agreed on cannot be joined
   */
  join(one: BridgeSide, other: BridgeSide): void {
    if (!one.agreed || !other.agreed) return;
    const listens = [one, other].some(({ terms }) => listensForTones(terms.digits));
    const passage = passageOf(one.agreed, other.agreed, listens);
    if (passage === null) {
      const names = [one.agreed, other.agreed].map(({ send }) => send.name);
      throw new CrosspointError('sdp.no-common-codec', `no way from ${names[0]} to ${names[1]}`);
    }
    this.#passage = passage;
    this.#update(one, one.agreed, this.#hears(one, other));
    this.#update(other, other.agreed, this.#hears(other, one));
  }

  /** Whether `join` has a way for them; true while nothing is agreed with one. */
  fits({ agreed: one }: BridgeSide, { agreed: other }: BridgeSide): boolean {
    return !one || !other || passageOf(one, other) !== null;
  }

  /** The far end is told that it rings, by a tone of ours. */
  ring(side: BridgeSide): void {
    if (side.agreed) this.#update(side, side.agreed, RINGBACK);
  }

  /** The far end has switched its media off. */
  silence(side: BridgeSide): void {
    this.#send(side, { direction: 'inactive' });
  }

  #hears(side: BridgeSide, other: BridgeSide): Hears {
    if (side.wish !== 'sendrecv') return SILENCE;
    const { placement } = this.#parts;
    return this.#passage === 'relay' ? { kind: 'leg', leg: other.leg.id } : { kind: 'session', session: placement };
  }

  #update(side: BridgeSide, agreed: Agreed, hears: Hears): void {
    this.#send(side, { ...legTerms(agreed, side.terms), hears });
  }

  #send(side: BridgeSide, change: LegConfig): void {
    const { log, placement, broken } = this.#parts;
    side.leg.update(change).catch(error => {
      log.error({ call: placement, side: side.place, problem: messageOf(error) }, 'a leg did not take what was agreed');
      broken();
    });
  }
}
