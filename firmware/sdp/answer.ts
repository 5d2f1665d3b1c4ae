import { CrosspointError } from '../base/errors.ts';
import { agreeOnAnswer, agreeOnOffer } from './agree.ts';
import type { Agreed } from './agreed.ts';
import { formatDescription } from './format-description.ts';
import { type OurMedia, originOf } from './offer.ts';
import { parseDescription } from './parse-description.ts';
import type { MediaDescription } from './session-description.ts';

/** Why there is no common ground. A UAS answers an offer so refused with 488. */
export interface Refused {
  kind: 'refused';
  /**
   * sdp.malformed, sdp.too-large, sdp.no-audio (none offered), sdp.audio-refused (by the answer),
   * sdp.no-common-codec, sdp.security-unsupported, sdp.protocol-unsupported, sdp.address-unsupported
   */
  refusal: CrosspointError;
}

export type OfferOutcome = { kind: 'agreed'; answer: string; agreed: Agreed } | Refused;
export type AnswerOutcome = { kind: 'agreed'; agreed: Agreed } | Refused;

/**
 * Answers an offer (RFC 3264 §6): the first audio line that we can take; every other line refused with port 0, in place.
 * Hostile text is refused, never thrown.
 */
export function answerOffer(offer: string, ours: OurMedia): OfferOutcome {
  return refusing(() => {
    const { media, timing } = parseDescription(offer);
    const { index, agreed, line } = takeFirst(media, ours);
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

/** The first refusal is the one to tell: it is of the line that the far end wanted most. */
function takeFirst(media: readonly MediaDescription[], ours: OurMedia) {
  let refusal: CrosspointError | null = null;
  for (const [index, offered] of media.entries()) {
    if (offered.kind !== 'audio' || offered.port === 0) continue;
    try {
      return { index, ...agreeOnOffer(offered, ours) };
    } catch (error) {
      if (!(error instanceof CrosspointError)) throw error;
      refusal ??= error;
    }
  }
  throw refusal ?? new CrosspointError('sdp.no-audio', 'no audio is offered');
}

function refusedLine(media: MediaDescription): MediaDescription {
  // The grammar wants a format; some peers offer a switched-off line without any.
  return { ...media, port: 0, formats: media.formats.length > 0 ? media.formats : ['0'] };
}

function refusing<T>(negotiate: () => T): T | Refused {
  try {
    return negotiate();
  } catch (error) {
    if (error instanceof CrosspointError) return { kind: 'refused', refusal: error };
    throw error;
  }
}
