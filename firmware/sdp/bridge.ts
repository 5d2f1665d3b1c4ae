import type { AudioCodec } from '../../pipelines/codecs/audio-codec.ts';
import { PCMA } from '../../pipelines/codecs/pcma.ts';
import { PCMU } from '../../pipelines/codecs/pcmu.ts';
import { TELEPHONE_EVENT } from '../../pipelines/codecs/telephone-event.ts';
import { CrosspointError } from '../base/errors.ts';
import { flowFrom, type Taking } from './agree.ts';
import type { Agreed } from './agreed.ts';
import { answerBy, type OfferOutcome, orderOf, type Refused, refusing } from './answer.ts';
import { isCodec, isDecodable } from './codec-table.ts';
import { formatNames, listed, NoCommonCodec, telephoneEventsOf } from './common-codecs.ts';
import { both, directionOf, flowOf } from './direction.ts';
import { answerSecurity } from './media-security.ts';
import { eventsFor, type OurMedia, offerFormats } from './offer.ts';
import { parseDescription } from './parse-description.ts';
import { codecOf, isSameStream } from './relay-codecs.ts';
import { packetMsOf } from './remote-media.ts';
import type { MediaDescription, PayloadFormat } from './session-description.ts';

/** Offer and answer of two calls joined back to back: media is passed on undecoded wherever both sides have a codec. */

export interface OfferAcross {
  /** What the first side (the caller, or whoever of both offers anew) has offered. */
  firstOffer: string;
  /** Ours towards the second side; `codecs` is its trunk's list, those that we cannot decode included. */
  ours: OurMedia;
  /** Audio formats of the first side that the list does not name are passed on too. */
  relayAll?: boolean;
}

export type OfferAcrossOutcome = { kind: 'offer'; offer: string } | Refused;

/**
 * The offer for the second side: what the first one has, in the order of the second one's list, then what we can
 * transcode to; with the first side's payload numbers, parameters, packet time and direction (a hold goes across).
 */
export function offerToSecondSide({ firstOffer, ours, relayAll = false }: OfferAcross): OfferAcrossOutcome {
  return refusing(() => {
    const first = audioOf(firstOffer);
    const formats = first.payloads.filter(format => codecOf(format) !== null);
    const listed = ours.codecs.flatMap(codec => formats.filter(format => isCodec(format, codec)));
    const others = relayAll ? formats.filter(format => !listed.includes(format)) : [];
    const transcoded = formats.some(isOurs)
      ? ours.codecs.filter(isDecodable).filter(codec => !has(formats, codec))
      : [];
    const offered: PayloadFormat[] = [...listed, ...others, ...transcoded.map(formatOf)];
    if (offered.length === 0)
      throw nothingCommon(
        first,
        ours.codecs.map(({ name }) => name),
      );
    const direction = directionOf(both(flowFrom(first), flowOf(ours.direction ?? 'sendrecv')));
    const terms: OurMedia = { ...ours, direction, packetMs: ours.packetMs ?? packetMsOf(first) };
    return { kind: 'offer', offer: offerFormats(terms, offered, eventsAcross(first, offered)) };
  });
}

/**
 * Whether the first side can be answered at all, before anybody is called for it: secured or plain as its trunk says.
 * What codec it gets is for the second side to say.
 * @throws CrosspointError sdp.…
 */
export function checkFirstOffer(firstOffer: string, ours: OurMedia): void {
  const lines = parseDescription(firstOffer).media.filter(({ kind, port }) => kind === 'audio' && port !== 0);
  const refusals = lines.map(line => refusing(() => answerSecurity(line, ours, null))).filter(isRefused);
  const [first] = refusals;
  if (first && refusals.length === lines.length) throw first.refusal;
}

export interface AnswerAcross {
  firstOffer: string;
  /** What the second side's answer came to. */
  secondAgreed: Agreed;
  /** Ours towards the first side; `codecs` is its trunk's list. */
  ours: OurMedia;
  relayAll?: boolean;
}

export type AnswerAcrossOutcome =
  | { kind: 'agreed'; answer: string; agreed: Agreed; mode: 'relay' | 'transcode' }
  | Refused;

/**
 * The answer for the first side: the codec that the second one took, so that packets are passed on as they are; else
 * one that we transcode from. Digits as events only when the second side takes them so, or nobody would hear them.
 */
export function answerToFirstSide({ firstOffer, secondAgreed, ours, relayAll }: AnswerAcross): AnswerAcrossOutcome {
  return refusing(() => {
    const first = audioOf(firstOffer);
    const across = acrossOf(first, secondAgreed, ours, relayAll ?? false);
    // What the second side sends we can send on, and we need no more than it hears.
    const { sends, receives } = flowOf(secondAgreed.direction);
    const wish = both({ sends: receives, receives: sends }, flowOf(ours.direction ?? 'sendrecv'));
    const terms: OurMedia = { ...ours, direction: directionOf(wish) };
    const telephoneEvent = secondAgreed.sendTelephoneEvent?.clockRate ?? false;
    if (across) {
      // What the first side may change to without a new offer goes across too.
      const also = first.payloads.flatMap(format => codecOf(format) ?? []).filter(codec => takes(secondAgreed, codec));
      const others = also.filter(codec => isDecodable(codec) && !isCodec(formatOf(across), codec));
      const preferred = {
        codec: across,
        why: 'the other side of the bridge speaks it, packets are passed on as they are',
      };
      const taking = { codecs: [across, ...others], preferred, telephoneEvent, decodes: false };
      return modeOf('relay', answerBy(firstOffer, { ...terms, packetMs: secondAgreed.packetMs }, taking));
    }
    const codecs = isDecodable(secondAgreed.send) ? ours.codecs.filter(isDecodable) : [];
    if (!codecs.some(codec => has(first.payloads, codec))) throw nothingCommon(first, [secondAgreed.send.name]);
    const preferred = cheapest(codecs, first, secondAgreed);
    const taking = { ...orderOf(ours), codecs, telephoneEvent, decodes: true, ...(preferred && { preferred }) };
    return modeOf('transcode', answerBy(firstOffer, terms, taking));
  });
}

function modeOf(mode: 'relay' | 'transcode', outcome: OfferOutcome): AnswerAcrossOutcome {
  return outcome.kind === 'agreed' ? { ...outcome, mode } : outcome;
}

function isRefused(outcome: object): outcome is Refused {
  return 'refusal' in outcome;
}

/** Transcoding what has nothing above 4 kHz into a wide codec would cost ten times as much and gain nothing. */
function cheapest(codecs: readonly AudioCodec[], first: MediaDescription, { send }: Agreed): Taking['preferred'] {
  if (send.sampleRate > PCMU.sampleRate) return undefined;
  const codec = first.payloads.flatMap(format => codecs.filter(each => isG711(each) && isCodec(format, each)))[0];
  return codec && { codec, why: `the other side of the bridge speaks ${send.name}, so that more would gain nothing` };
}

function isG711({ implementation }: AudioCodec): boolean {
  return implementation === PCMU.implementation || implementation === PCMA.implementation;
}

/** The codec in which packets can go across, with the second side's parameters; null when there is none. */
function acrossOf(first: MediaDescription, second: Agreed, ours: OurMedia, relayAll: boolean): AudioCodec | null {
  const { sendFormat } = second;
  const format = first.payloads.find(each => isSameStream(each, sendFormat));
  const known = format && codecOf(sendFormat);
  if (!known) return null;
  // Its parameters are those of who decodes it.
  const codec = { ...known, fmtp: sendFormat.fmtp };
  const allowed = relayAll || has(ours.relay ?? [], codec) || ours.codecs.some(each => isCodec(format, each));
  return allowed ? codec : null;
}

/** Digits are passed on as they are too: by the clock rates, and under the numbers, that the first side has. */
function eventsAcross(first: MediaDescription, offered: readonly PayloadFormat[]): PayloadFormat[] {
  const events = telephoneEventsOf(first);
  if (events.length === 0) return eventsFor(offered);
  return events.map(({ payloadType, clockRate }) => ({ ...TELEPHONE_EVENT, clockRate, payloadType }));
}

/** The line that an answer would take. @throws CrosspointError sdp.malformed, sdp.too-large, sdp.no-audio */
function audioOf(offer: string): MediaDescription {
  const line = parseDescription(offer).media.find(({ kind, port }) => kind === 'audio' && port !== 0);
  if (!line) throw new CrosspointError('sdp.no-audio', 'no audio is offered');
  return line;
}

function isOurs(format: PayloadFormat): boolean {
  const codec = codecOf(format);
  return codec !== null && isDecodable(codec);
}

function has(formats: readonly PayloadFormat[], codec: AudioCodec): boolean {
  return formats.some(format => isCodec(format, codec));
}

function takes({ receive }: Agreed, codec: AudioCodec): boolean {
  return receive.some(
    ({ name, clockRate }) => name.toLowerCase() === codec.name.toLowerCase() && clockRate === codec.clockRate,
  );
}

function formatOf({ payloadType, name, clockRate, channels, fmtp }: AudioCodec): PayloadFormat {
  return { payloadType, name, clockRate, channels, fmtp };
}

function nothingCommon(first: MediaDescription, second: readonly string[]): NoCommonCodec {
  const theirs = formatNames(first);
  return new NoCommonCodec(
    `the first side offers: ${listed(theirs)}; the second side has: ` +
      `${listed(second).slice(0, 200)}; we transcode between those that we can decode`,
    theirs,
    second,
  );
}
