import { CrosspointError } from '../base/errors.ts';
import { agreeOnAnswer, agreeOnOffer, type Taking } from './agree.ts';
import type { Agreed } from './agreed.ts';
import { isDecodable } from './codec-table.ts';
import { formatDescription } from './format-description.ts';
import { asksForSecurity } from './media-security.ts';
import { type OurMedia, originOf } from './offer.ts';
import { parseDescription } from './parse-description.ts';
import { audioBefore, refusedLine } from './previous-lines.ts';
import { codecOf } from './relay-codecs.ts';
import type { MediaDescription } from './session-description.ts';

/** Why there is no common ground. A UAS answers an offer so refused with 488. */
export interface Refused {
  kind: 'refused';
  /**
   * sdp.malformed, sdp.too-large, sdp.no-audio (none offered), sdp.audio-refused (by the answer),
   * sdp.no-common-codec, sdp.security-unsupported (SRTP, and not as we have it), sdp.security-refused (plain, and
   * SRTP is required), sdp.protocol-unsupported, sdp.address-unsupported
   */
  refusal: CrosspointError;
}

export type OfferOutcome = { kind: 'agreed'; answer: string; agreed: Agreed } | Refused;
export type AnswerOutcome = { kind: 'agreed'; agreed: Agreed } | Refused;
/** Audio was switched off within a call: a hold. Codecs and ports stay as they were, nothing is sent. */
export type InSessionOutcome = OfferOutcome | { kind: 'held'; answer: string };

/**
 * Answers an offer (RFC 3264 §6): the first audio line that we can take, a secured one where we prefer those; every
 * other line refused with port 0, in place. Hostile text is refused, never thrown.
 *
 * In session, `ours.previous` is our last description, and audio with port 0 is 'held'; resumed by the next offer.
 */
export function answerOffer(offer: string, ours: OurMedia): OfferOutcome;
export function answerOffer(offer: string, ours: OurMedia, options: { inSession: true }): InSessionOutcome;
export function answerOffer(offer: string, ours: OurMedia, options?: { inSession: true }): InSessionOutcome {
  const codecs = [...ours.codecs.filter(isDecodable), ...(ours.relay ?? []).flatMap(format => codecOf(format) ?? [])];
  const outcome = answerBy(offer, ours, { ...orderOf(ours), codecs, telephoneEvent: true, decodes: true });
  if (options?.inSession && outcome.kind === 'refused' && outcome.refusal.code === 'sdp.no-audio') {
    const { media, timing } = parseDescription(offer);
    if (media.some(({ kind }) => kind === 'audio')) {
      const answer = formatDescription({ origin: originOf(ours), timing, media: media.map(refusedLine) });
      return { kind: 'held', answer };
    }
  }
  return outcome;
}

/** Whose order counts in an answer. */
export function orderOf({ order }: OurMedia): Pick<Taking, 'order'> {
  return order === undefined ? {} : { order };
}

/** The same with a choice of codecs that is not that of `ours`: for bridges. */
export function answerBy(offer: string, ours: OurMedia, taking: Omit<Taking, 'before'>): OfferOutcome {
  return refusing(() => {
    const { media, timing } = parseDescription(offer);
    const previous = ours.previous === undefined ? null : parseDescription(ours.previous);
    const { index, agreed, line } = takeFirst(media, ours, { ...taking, before: audioBefore(previous) });
    const lines = media.map((each, at) => (at === index ? line : refusedLine(each)));
    const answer = formatDescription({ origin: originOf(ours), timing, media: lines });
    return { kind: 'agreed', answer, agreed };
  });
}

/**
 * What the far end's answer makes of an offer of ours (RFC 3264 §7). Payload types may differ by direction: each side
 * sends with the numbers that the other one wrote.
 */
export function readAnswer(offer: string, answer: string): AnswerOutcome {
  return refusing(() => {
    const ours = parseDescription(offer);
    const index = ours.media.findIndex(({ kind, port }) => kind === 'audio' && port !== 0);
    const offered = ours.media[index];
    if (!offered) throw new CrosspointError('sdp.no-audio', 'our offer has no audio');
    const answered = parseDescription(answer).media[index];
    if (answered?.kind !== 'audio') throw new CrosspointError('sdp.malformed', 'the answer has no m= line for audio');
    if (answered.port === 0) throw new CrosspointError('sdp.audio-refused', 'the far end answered without audio');
    return { kind: 'agreed', agreed: agreeOnAnswer(offered, answered) };
  });
}

/** The first refusal is the one to tell: it is of the line that we would have taken first. */
function takeFirst(media: readonly MediaDescription[], ours: OurMedia, taking: Taking) {
  let refusal: CrosspointError | null = null;
  for (const { index, offered } of inOurOrder(media, ours)) {
    try {
      return { index, ...agreeOnOffer(offered, ours, taking) };
    } catch (error) {
      if (!(error instanceof CrosspointError)) throw error;
      refusal ??= error;
    }
  }
  throw refusal ?? new CrosspointError('sdp.no-audio', 'no audio is offered');
}

/** The far end's order, but secured lines first for who prefers them. */
function inOurOrder(media: readonly MediaDescription[], { security = 'none' }: OurMedia) {
  const lines = media
    .map((offered, index) => ({ offered, index }))
    .filter(({ offered: { kind, port } }) => kind === 'audio' && port !== 0);
  if (security === 'none') return lines;
  const secured = (line: (typeof lines)[number]) => Number(asksForSecurity(line.offered));
  return lines.sort((one, other) => secured(other) - secured(one));
}

export function refusing<T>(negotiate: () => T): T | Refused {
  try {
    return negotiate();
  } catch (error) {
    if (error instanceof CrosspointError) return { kind: 'refused', refusal: error };
    throw error;
  }
}
