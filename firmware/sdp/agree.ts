import type { Agreed } from './agreed.ts';
import { type AudioCodec, TELEPHONE_EVENT, workerCodec, workerTelephoneEvent } from './codec-table.ts';
import { commonCodecs, noCommonCodec, telephoneEventOf } from './common-codecs.ts';
import { directionOf, type Flow, flowOf, meet } from './direction.ts';
import { answeredSecurity, answerSecurity } from './media-security.ts';
import type { OurMedia } from './offer.ts';
import { codecOf } from './relay-codecs.ts';
import { isUnspecified, packetMsOf, remoteOf } from './remote-media.ts';
import type { MediaDescription, PayloadFormat } from './session-description.ts';

/** How an offered line is to be taken, beside what `OurMedia` says. */
export interface Taking {
  /** What may be agreed on. */
  codecs: readonly AudioCodec[];
  /** One of them, to be preferred to the offer's order. */
  preferred?: AudioCodec;
  telephoneEvent: boolean;
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
  { codecs, preferred, telephoneEvent, before }: Taking,
): { agreed: Agreed; line: MediaDescription } {
  const { keys, ...security } = answerSecurity(offered, ours, before);
  const common = commonCodecs(offered, codecs);
  if (preferred) common.sort((one, other) => Number(other.codec === preferred) - Number(one.codec === preferred));
  const [first] = common;
  if (!first) throw noCommonCodec(offered, codecs, 'offered');
  const event = telephoneEvent ? telephoneEventOf(offered) : null;
  const agreed: Agreed = {
    ...termsOf(offered, ours.address, flowOf(ours.direction ?? 'sendrecv')),
    receive: common.map(({ codec, format }) => workerCodec(codec, format.payloadType)),
    send: workerCodec(first.codec, first.format.payloadType),
    sendFormat: first.format,
    security: keys,
  };
  if (event) {
    agreed.receiveTelephoneEvent = workerTelephoneEvent(event);
    agreed.sendTelephoneEvent = workerTelephoneEvent(event);
  }

  const payloads: PayloadFormat[] = common.map(({ codec, format }) => ({
    payloadType: format.payloadType,
    name: codec.name,
    clockRate: codec.clockRate,
    channels: codec.channels,
    fmtp: codec.fmtp,
  }));
  if (event) payloads.push({ ...TELEPHONE_EVENT, payloadType: event.payloadType });
  const line: MediaDescription = {
    kind: 'audio',
    port: ours.rtpPort,
    ...security,
    formats: payloads.map(({ payloadType }) => String(payloadType)),
    payloads,
    address: ours.address,
    rtcp: null,
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
  const common = commonCodecs(answered, ourCodecs);
  const [preferred] = common;
  if (!preferred) throw noCommonCodec(answered, ourCodecs, 'answered');
  const answeredCodecs = new Set(common.map(({ codec }) => codec));
  const agreed: Agreed = {
    ...termsOf(answered, offered.address ?? '', flowOf(offered.direction)),
    receive: offeredCodecs
      .filter(({ codec }) => answeredCodecs.has(codec))
      .map(({ codec, format }) => workerCodec(codec, format.payloadType)),
    send: workerCodec(preferred.codec, preferred.format.payloadType),
    sendFormat: preferred.format,
    security,
  };
  const ourEvent = telephoneEventOf(offered);
  const theirEvent = telephoneEventOf(answered);
  if (ourEvent && theirEvent) {
    agreed.receiveTelephoneEvent = workerTelephoneEvent(ourEvent);
    agreed.sendTelephoneEvent = workerTelephoneEvent(theirEvent);
  }
  return agreed;
}

function termsOf(
  theirs: MediaDescription,
  ourAddress: string,
  ourFlow: Flow,
): Pick<Agreed, 'remote' | 'packetMs' | 'direction' | 'held'> {
  const remote = remoteOf(theirs, ourAddress);
  const theirFlow = flowFrom(theirs);
  return {
    remote,
    packetMs: packetMsOf(theirs),
    direction: directionOf(meet(ourFlow, theirFlow)),
    held: !theirFlow.receives,
  };
}

/** Which ways media flows at the far end; at c=0.0.0.0 it hears nothing (RFC 3264 §8.4). */
export function flowFrom(theirs: MediaDescription): Flow {
  const flow = flowOf(theirs.direction);
  return { sends: flow.sends, receives: flow.receives && !isUnspecified(theirs.address) };
}
