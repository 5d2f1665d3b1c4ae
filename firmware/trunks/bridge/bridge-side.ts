import type { Holder } from '../../calls/call.ts';
import { Negotiation } from '../../calls/negotiation.ts';
import { type EndReason, reasonHeader } from '../../calls/reasons.ts';
import type { SideTerms } from '../../calls/side-terms.ts';
import { SILENT, type Signalling, type SipSide } from '../../calls/sip-side.ts';
import type { MediaLeg } from '../../media/media.ts';
import type { Agreed } from '../../sdp/agreed.ts';
import type { OurMedia } from '../../sdp/offer.ts';
import type { Direction } from '../../sdp/session-description.ts';
import type { Dialog } from '../../sip/dialog/dialog.ts';
import type { HeaderLines } from '../header-lines.ts';
import type { TrunkPort } from '../trunk-port.ts';

/** Which of the two, for whom a hold is counted. */
export type Place = Exclude<Holder, 'application'>;

/** One side of a bridge: whose peer it is, what has been agreed with it, and its dialog once there is one. */
export class BridgeSide implements SipSide {
  readonly leg: MediaLeg;
  readonly place: Place;
  signalling: Signalling = SILENT;
  dialog: Dialog | null = null;
  /** The far end's latest description; null before the first one. */
  remote: string | null = null;
  /** The far end has switched its audio off by port 0. */
  off = false;
  /** Sendonly while the application holds the far end. */
  wish: Direction = 'sendrecv';
  /** What the other side's end said, for the BYE, CANCEL or response that ends this one. */
  farewell: HeaderLines | null = null;
  #trunk: TrunkPort | null;
  #terms: SideTerms;
  #negotiation: Negotiation;

  /** A far end that is to get its media through another leg, in another bridge; its next offer says so. */
  static movedTo(leg: MediaLeg, place: Place, from: BridgeSide): BridgeSide {
    const side = new BridgeSide(leg, place, from.trunk, from.terms);
    side.#negotiation = from.#negotiation;
    side.#negotiation.moveTo(leg.local);
    side.remote = from.remote;
    return side;
  }

  constructor(leg: MediaLeg, place: Place, trunk: TrunkPort | null, terms: SideTerms) {
    this.leg = leg;
    this.place = place;
    this.#trunk = trunk;
    this.#terms = terms;
    this.#negotiation = new Negotiation(leg.local, terms);
  }

  /** Null for a peer that is no trunk's. */
  get trunk(): TrunkPort | null {
    return this.#trunk;
  }

  get terms(): SideTerms {
    return this.#terms;
  }

  get negotiation(): Negotiation {
    return this.#negotiation;
  }

  get agreed(): Agreed | null {
    return this.#negotiation.agreed;
  }

  /** What goes into a description of ours now. */
  get ours(): OurMedia {
    return { ...this.#negotiation.media, direction: this.wish };
  }

  /** Another target is tried: nothing of the one before counts any more. */
  turnTo(trunk: TrunkPort | null, terms: SideTerms): void {
    this.#trunk = trunk;
    this.#terms = terms;
    this.#negotiation = new Negotiation(this.leg.local, terms);
    this.remote = null;
  }

  /** The far end's answer to an offer of ours. @throws CrosspointError sdp.…: all stays as it was */
  takeAnswer(body: Buffer): Agreed {
    const agreed = this.#negotiation.readAnswer(body);
    this.remote = body.toString('utf8');
    this.off = false;
    return agreed;
  }

  /** Our answer to an offer of the far end's is on its way; `agreed` is null where that switched its audio off. */
  gaveAnswer(offer: string, answer: string, agreed: Agreed | null): Buffer {
    const body = this.#negotiation.answered(answer, agreed);
    this.off = agreed === null;
    if (agreed) this.remote = offer;
    return body;
  }

  /** The headers with which it is ended. */
  farewellFor(reason: EndReason): HeaderLines {
    return this.farewell ?? [reasonHeader(reason)];
  }
}

/** Whether audio formats that no list names may cross: only where neither peer's trunk has a list. */
export function passesAll(one: BridgeSide, other: BridgeSide): boolean {
  return one.trunk?.config.codecs === undefined && other.trunk?.config.codecs === undefined;
}
