import { randomInt } from 'node:crypto';
import { inOwnMemory } from '../base/own-memory.ts';
import type { LegAddress, LegConfig } from '../media/media.ts';
import type { Agreed } from '../sdp/agreed.ts';
import { answerOffer, type InSessionOutcome, readAnswer } from '../sdp/answer.ts';
import { nextVersion } from '../sdp/next-version.ts';
import { makeOffer, type OurMedia } from '../sdp/offer.ts';
import type { Direction } from '../sdp/session-description.ts';
import { legTerms } from './media-terms.ts';
import type { DigitTerms, SideTerms } from './side-terms.ts';

/**
 * Offer and answer of one SIP side over the life of its dialog (RFC 3264): what we said last, under which version of
 * which o= line, and what came of it.
 */
export class Negotiation {
  #local: LegAddress;
  readonly #terms: SideTerms;
  readonly #sessionId = randomInt(1, 2 ** 47);
  /** Our latest description that counts: an offer that was refused does not. */
  #ours: string | null = null;
  /** An offer of ours whose answer is awaited. */
  #offered: string | null = null;
  #agreed: Agreed | null = null;

  constructor(local: LegAddress, terms: SideTerms) {
    this.#local = local;
    this.#terms = terms;
  }

  /** What the last exchange came to; null before the first one. */
  get agreed(): Agreed | null {
    return this.#agreed;
  }

  /** How digits come and go. */
  get digits(): DigitTerms {
    return this.#terms.digits;
  }

  /** The leg's settings that follow from an exchange with this side. */
  legTerms(agreed: Agreed): LegConfig {
    return legTerms(agreed, this.#terms);
  }

  /** Our latest description; null before the first one. */
  get ours(): string | null {
    return this.#ours;
  }

  /** Our last description, whatever came of it; null before the first one. */
  get said(): string | null {
    return this.#offered ?? this.#ours;
  }

  /** What goes into a description of ours now. `version` is put right by `say`. */
  get media(): OurMedia {
    const { advertise, codecs, codecOrder, security, suites, answerSetup, rtcpMux } = this.#terms;
    const previous = this.#ours;
    const { fingerprint } = this.#local;
    const before = this.#agreed?.security;
    return {
      address: advertise ?? this.#local.address,
      rtpPort: this.#local.rtpPort,
      sessionId: this.#sessionId,
      version: 1,
      codecs,
      security,
      ...(fingerprint && { fingerprint }),
      ...(before && 'dtls' in before && { dtls: before.dtls }),
      ...(answerSetup !== undefined && { answerSetup }),
      ...(rtcpMux !== undefined && { rtcpMux }),
      ...(codecOrder !== undefined && { order: codecOrder }),
      ...(suites !== undefined && { suites }),
      ...(previous !== null && { previous }),
    };
  }

  /** Its media is to go to another leg: the next offer says so (RFC 3264 §8.3.1). */
  moveTo(local: LegAddress): void {
    this.#local = local;
  }

  /** An offer of ours, which its transaction and its dialog keep; `readAnswer` or `refused` follows. */
  offer(direction: Direction = 'sendrecv'): Buffer {
    return this.offered(makeOffer({ ...this.media, direction }));
  }

  /** An offer that was made from `media` elsewhere. */
  offered(offer: string): Buffer {
    this.#offered = this.#numbered(offer);
    return inOwnMemory(this.#offered);
  }

  /** @throws CrosspointError sdp.…; our description stays what it was */
  readAnswer(answer: Buffer): Agreed {
    const offer = this.said ?? '';
    const outcome = readAnswer(offer, answer.toString('utf8'));
    this.#offered = null;
    if (outcome.kind === 'refused') throw outcome.refusal;
    this.#ours = offer;
    this.#agreed = outcome.agreed;
    return outcome.agreed;
  }

  /** The far end did not take our offer: what was said before it still counts. */
  refused(): void {
    this.#offered = null;
  }

  /**
   * Answers an offer. Nothing counts until `answered` is told that the answer is on its way.
   * @throws CrosspointError sdp.…
   */
  answer(offer: Buffer, direction: Direction = 'sendrecv'): Exclude<InSessionOutcome, { kind: 'refused' }> {
    const ours = { ...this.media, direction };
    const text = offer.toString('utf8');
    const outcome = this.#ours === null ? answerOffer(text, ours) : answerOffer(text, ours, { inSession: true });
    if (outcome.kind === 'refused') throw outcome.refusal;
    return { ...outcome, answer: this.#numbered(outcome.answer) };
  }

  /** That answer of ours counts; a hold by port 0 leaves codecs and addresses as they were. */
  answered(answer: string, agreed: Agreed | null): Buffer {
    this.#ours = this.#numbered(answer);
    if (agreed) this.#agreed = agreed;
    return inOwnMemory(this.#ours);
  }

  #numbered(text: string): string {
    return this.#ours === null ? text : nextVersion(this.#ours, text);
  }
}
