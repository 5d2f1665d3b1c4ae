import type { AudioCodec } from '../../pipelines/codecs/audio-codec.ts';
import { COMFORT_NOISE } from '../../pipelines/codecs/comfort-noise.ts';
import { TELEPHONE_EVENT } from '../../pipelines/codecs/telephone-event.ts';
import type { Agreed } from './agreed.ts';
import { receivedCodec, sentCodec, workerTelephoneEvent } from './codec-table.ts';
import { comfortNoiseOf, commonCodecs, eventsBeside, telephoneEventsOf } from './common-codecs.ts';
import { directionOf, type Flow, flowOf, meet } from './direction.ts';
import { isDtls } from './dtls-security.ts';
import { type Choice, matchCodecs } from './match-codecs.ts';
import { answeredSecurity, answerSecurity } from './media-security.ts';
import type { OurMedia } from './offer.ts';
import { codecOf } from './relay-codecs.ts';
import { isUnspecified, packetMsOf, remoteOf } from './remote-media.ts';
import type { MediaDescription, PayloadFormat } from './session-description.ts';

/** How an offered line is to be taken, beside what `OurMedia` says. */
export interface Taking extends Choice {
  /** Which telephone-events are taken: none, any, or those of one clock rate where it is offered. */
  telephoneEvent: boolean | number;
  /** What arrives is decoded, so that comfort noise can be taken. */
  decodes: boolean;
  /** Our line in the description before. */
  before: MediaDescription | null;
}

/**
 * Takes an offered audio line: what is agreed, and the line that says so. It keeps the offer's payload numbers
 * (RFC 3264 §6.1 SHOULD), so both directions use the same.
 * @throws CrosspointError as listed at `Refused`
 */
export function agreeOnOffer(
  offered: MediaDescription,
  ours: OurMedia,
  taking: Taking,
): { agreed: Agreed; line: MediaDescription } {
  const { keys, ...security } = answerSecurity(offered, ours, taking.before);
  const { first, common, reason } = matchCodecs(offered, taking, 'offered');
  const packetMs = packetMsOf(offered, first.codec);
  const events = eventsTaken(
    offered,
    common.map(({ codec }) => codec),
    taking.telephoneEvent,
  );
  const noise = taking.decodes ? noiseBeside(offered, common) : null;
  const rtcpMux = offered.rtcpMux && (isDtls(keys) || ours.rtcpMux !== 'refuse');
  const agreed: Agreed = {
    packetMs,
    receive: common.map(({ codec, format }) => receivedCodec(codec, format.payloadType, format)),
    send: sentCodec(first.codec, first.format, packetMs),
    sendFormat: first.format,
    reason,
    security: keys,
    ...termsOf(offered, ours.address, flowOf(ours.direction ?? 'sendrecv'), rtcpMux),
    ...eventTerms(events, events, first.codec),
  };
  if (noise) agreed.receive.push(receivedCodec(COMFORT_NOISE, noise.payloadType, noise));

  const payloads: PayloadFormat[] = common.map(({ codec, format }) => ({
    payloadType: format.payloadType,
    name: codec.name,
    clockRate: codec.clockRate,
    channels: codec.channels,
    fmtp: codec.fmtp,
  }));
  if (noise) payloads.push({ ...noise, fmtp: null });
  payloads.push(...events.map(({ payloadType, clockRate }) => ({ ...TELEPHONE_EVENT, clockRate, payloadType })));
  const line: MediaDescription = {
    kind: 'audio',
    port: ours.rtpPort,
    ...security,
    formats: payloads.map(({ payloadType }) => String(payloadType)),
    payloads,
    address: ours.address,
    rtcp: null,
    rtcpMux,
    ptime: ours.packetMs ?? agreed.packetMs,
    maxptime: null,
    direction: agreed.direction,
  };
  return { agreed, line };
}

/**
 * What an answered audio line makes of the one that we offered.
 * @throws CrosspointError as listed at `Refused`
 */
export function agreeOnAnswer(offered: MediaDescription, answered: MediaDescription): Agreed {
  const security = answeredSecurity(offered, answered);
  const ourCodecs = offered.payloads.flatMap(format => codecOf(format) ?? []);
  const offeredCodecs = commonCodecs(offered, ourCodecs);
  const { first, common, reason } = matchCodecs(answered, { codecs: ourCodecs }, 'answered');
  const packetMs = packetMsOf(answered, first.codec);
  const ourEvents = telephoneEventsOf(offered);
  const theirEvents = telephoneEventsOf(answered).filter(theirs =>
    ourEvents.some(({ clockRate }) => clockRate === theirs.clockRate),
  );
  return {
    packetMs,
    receive: offeredCodecs.flatMap(({ codec, format }) => {
      const theirs = common.find(each => each.codec === codec);
      return theirs ? receivedCodec(codec, format.payloadType, theirs.format) : [];
    }),
    send: sentCodec(first.codec, first.format, packetMs),
    sendFormat: first.format,
    reason,
    security,
    ...termsOf(answered, offered.address ?? '', flowOf(offered.direction), offered.rtcpMux && answered.rtcpMux),
    ...eventTerms(
      ourEvents.filter(ours => theirEvents.some(({ clockRate }) => clockRate === ours.clockRate)),
      theirEvents,
      first.codec,
    ),
  };
}

function eventsTaken(
  offered: MediaDescription,
  codecs: readonly AudioCodec[],
  wanted: boolean | number,
): PayloadFormat[] {
  if (wanted === false) return [];
  const events = telephoneEventsOf(offered);
  const clockRates = codecs.map(({ clockRate }) => clockRate);
  const alike = events.filter(({ clockRate }) => clockRate === wanted);
  return alike.length > 0 ? alike : eventsBeside(events, clockRates);
}

/** What we send goes with the codec that we send, and what may arrive with any that may. */
function eventTerms(ours: readonly PayloadFormat[], theirs: readonly PayloadFormat[], sent: AudioCodec) {
  const [beside] = eventsBeside(theirs, [sent.clockRate]);
  const send = beside ?? theirs[0];
  const receive = ours.map(workerTelephoneEvent);
  const [only] = receive;
  if (!send || !only) return {};
  return {
    receiveTelephoneEvent: receive.length === 1 ? only : receive,
    sendTelephoneEvent: workerTelephoneEvent(send),
  };
}

/** Comfort noise goes with a codec of its clock (RFC 3389 §4). */
function noiseBeside(
  offered: MediaDescription,
  common: readonly { readonly codec: AudioCodec }[],
): PayloadFormat | null {
  return common.some(({ codec }) => codec.clockRate === COMFORT_NOISE.clockRate) ? comfortNoiseOf(offered) : null;
}

function termsOf(
  theirs: MediaDescription,
  ourAddress: string,
  ourFlow: Flow,
  rtcpMux: boolean,
): Pick<Agreed, 'remote' | 'direction' | 'held'> {
  const remote = remoteOf(theirs, ourAddress, rtcpMux);
  const theirFlow = flowFrom(theirs);
  return {
    remote,
    direction: directionOf(meet(ourFlow, theirFlow)),
    held: !theirFlow.receives,
  };
}

/** Which ways media flows at the far end; at c=0.0.0.0 it hears nothing (RFC 3264 §8.4). */
export function flowFrom(theirs: MediaDescription): Flow {
  const flow = flowOf(theirs.direction);
  return { sends: flow.sends, receives: flow.receives && !isUnspecified(theirs.address) };
}
