import type { AudioCodec } from '../../../pipelines/codecs/audio-codec.ts';
import { TELEPHONE_EVENT } from '../../../pipelines/codecs/telephone-event.ts';
import { CrosspointError } from '../../base/errors.ts';
import { type AnswerAcrossOutcome, answerToFirstSide, offerToSecondSide } from '../../sdp/bridge.ts';
import { isCodec } from '../../sdp/codec-table.ts';
import type { Direction } from '../../sdp/session-description.ts';
import { type BridgeSide, passesAll } from './bridge-side.ts';

/** Offers and answers from one side of a bridge to the other. */

/**
 * An offer to one side of what the other one has.
 * @param description of the other one: its offer, or its answer
 * @param direction beside the side's own wish; default: as the description says
 * @param rekey a secured side moves to another leg, and no key may be given to two
 * @throws CrosspointError sdp.…
 */
export function offerAcross(
  to: BridgeSide,
  from: BridgeSide,
  description: string,
  direction?: Direction,
  rekey = false,
): Buffer {
  const codecs = currentFirst(to.ours.codecs, from);
  const ours = { ...to.ours, codecs, ...(direction !== undefined && { direction }), rekey };
  const outcome = offerToSecondSide({ firstOffer: description, ours, relayAll: passesAll(to, from) });
  if (outcome.kind === 'refused') throw outcome.refusal;
  return to.negotiation.offered(outcome.offer);
}

/**
 * The answer to an offer of one side, as the other one is at this moment. Nothing counts until it is given.
 *
 * @param toStay the offer is of somebody new, for whom the other one is taken off the hold that another one has put it on
 * @throws CrosspointError sdp.…
 */
export function answerAcross(
  to: BridgeSide,
  from: BridgeSide,
  offer: string,
  toStay = false,
): Extract<AnswerAcrossOutcome, { kind: 'agreed' }> {
  if (!from.agreed) return alone(to, offer);
  const agreed = toStay && !from.agreed.held ? ({ ...from.agreed, direction: 'sendrecv' } as const) : from.agreed;
  const outcome = answerToFirstSide({
    firstOffer: offer,
    secondAgreed: from.terms.digits.send !== 'rfc4733' ? { sendTelephoneEvent: EVENT, ...agreed } : agreed,
    ours: to.ours,
    relayAll: passesAll(to, from),
  });
  if (outcome.kind === 'refused') throw outcome.refusal;
  return outcome;
}

/** A codec that is spoken there now is the best offer here: nothing has to be transcoded. */
function currentFirst(codecs: readonly AudioCodec[], { agreed }: BridgeSide): readonly AudioCodec[] {
  const current = agreed && codecs.find(codec => isCodec(agreed.sendFormat, codec));
  return current ? [current, ...codecs.filter(codec => codec !== current)] : codecs;
}

/** Before anything is known of the other side: what we can decode. */
function alone(to: BridgeSide, offer: string): Extract<AnswerAcrossOutcome, { kind: 'agreed' }> {
  const outcome = to.negotiation.answer(Buffer.from(offer), to.wish);
  if (outcome.kind === 'held') throw new CrosspointError('sdp.no-audio', 'no audio is offered');
  return { ...outcome, mode: 'transcode' };
}

/** The same description of somebody who neither holds nor is held. */
export function asActive(description: string): string {
  return description.replace(/^a=(?:sendonly|recvonly|inactive)(?=\r?$)/gm, 'a=sendrecv');
}

/** Digits that can go on in another way are taken as events all the same. */
const EVENT = { payloadType: TELEPHONE_EVENT.payloadType, clockRate: 8000 };
