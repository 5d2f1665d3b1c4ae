import type { Agreed } from './agreed.ts';
import { AUDIO_CODECS, TELEPHONE_EVENT, workerCodec, workerTelephoneEvent } from './codec-table.ts';
import { commonCodecs, noCommonCodec, telephoneEventOf } from './common-codecs.ts';
import { directionOf, type Flow, flowOf, meet } from './direction.ts';
import type { OurMedia } from './offer.ts';
import { checkProtocol, packetMsOf, remoteOf } from './remote-media.ts';
import type { MediaDescription, PayloadFormat } from './session-description.ts';

/**
 * Takes an offered audio line: what is agreed, and the line that says so. It keeps the offer's payload numbers
 * (RFC 3264 §6.1 SHOULD), so both directions use the same.
 * @throws CrosspointError as listed at `Refused`
 */
export function agreeOnOffer(offered: MediaDescription, ours: OurMedia): { agreed: Agreed; line: MediaDescription } {
  checkProtocol(offered);
  const common = commonCodecs(offered, ours.codecs);
  const [preferred] = common;
  if (!preferred) throw noCommonCodec(offered, ours.codecs, 'offered');
  const event = telephoneEventOf(offered);
  const agreed: Agreed = {
    ...termsOf(offered, ours.address, { sends: true, receives: true }),
    receive: common.map(({ codec, format }) => workerCodec(codec, format.payloadType)),
    send: workerCodec(preferred.codec, preferred.format.payloadType),
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
    fmtp: null,
  }));
  if (event) payloads.push({ ...TELEPHONE_EVENT, payloadType: event.payloadType });
  const line: MediaDescription = {
    kind: 'audio',
    port: ours.rtpPort,
    protocol: offered.protocol,
    formats: payloads.map(({ payloadType }) => String(payloadType)),
    payloads,
    address: ours.address,
    rtcp: null,
    ptime: agreed.packetMs,
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
  checkProtocol(answered);
  const offeredCodecs = commonCodecs(offered, AUDIO_CODECS);
  const ourCodecs = offeredCodecs.map(({ codec }) => codec);
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
  const flow = flowOf(theirs.direction);
  const theirFlow = { sends: flow.sends, receives: flow.receives && remote !== null };
  return {
    remote,
    packetMs: packetMsOf(theirs),
    direction: directionOf(meet(ourFlow, theirFlow)),
    held: !theirFlow.receives,
  };
}
