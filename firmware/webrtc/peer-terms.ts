import type { PacketMs } from '../../pipelines/codecs/audio-codec.ts';
import { OPUS } from '../../pipelines/codecs/opus.ts';
import type { VideoCodec as WorkerVideoCodec } from '../../pipelines/protocol/video.ts';
import type { LegConfig } from '../media/media.ts';
import { receivedCodec, sentCodec, workerTelephoneEvent } from '../sdp/codec-table.ts';
import { packetMsOf } from '../sdp/remote-media.ts';
import { type AgreedMedia, whatFlows } from './agreed-media.ts';
import type { SentVideo } from './peer-answer.ts';
import type { PeerOffer } from './peer-offer.ts';
import type { VideoFormat } from './video-formats.ts';

/**
 * What an answered offer comes to, as the settings of a publisher's leg.
 * @param maxBitrate of video, bit/s
 */
export function publisherTerms(offer: PeerOffer, { audio, video }: AgreedMedia, maxBitrate: number): LegConfig {
  const events = audio?.telephoneEvents.map(workerTelephoneEvent) ?? [];
  return {
    ...securityTerms(offer),
    direction: 'recvonly',
    ...(audio && { receive: [receivedCodec(OPUS, audio.opus.payloadType, audio.opus)] }),
    ...(events.length > 0 && { receiveTelephoneEvent: events }),
    ...(video && { receiveVideo: { codecs: [workerVideoCodec(video.format)], maxBitrate } }),
  };
}

/** The same of a subscriber's. */
export function subscriberTerms(offer: PeerOffer, agreed: AgreedMedia, sent: SentVideo): LegConfig {
  const { audio, video } = whatFlows(agreed);
  const [event] = audio?.telephoneEvents.map(workerTelephoneEvent) ?? [];
  const line = offer.lines[audio?.line ?? -1];
  const packetMs: PacketMs = packetMsOf(line ?? { ptime: null, maxptime: null }, OPUS);
  return {
    ...securityTerms(offer),
    direction: 'sendonly',
    ...(audio && { packetMs, send: sentCodec(OPUS, audio.opus, packetMs) }),
    ...(event && { sendTelephoneEvent: event }),
    ...(video && { sendVideo: sentVideo(video.format, sent) }),
  };
}

function securityTerms({ fingerprints }: PeerOffer): Pick<LegConfig, 'security'> {
  return { security: { dtls: { role: 'server', fingerprints } } };
}

function sentVideo(format: VideoFormat, { ssrc, retransmissionSsrc }: SentVideo): LegConfig['sendVideo'] {
  const codec = workerVideoCodec(format);
  return format.retransmission === null ? { codec, ssrc } : { codec, ssrc, retransmissionSsrc };
}

function workerVideoCodec({ codec: { name }, payloadType, retransmission }: VideoFormat): WorkerVideoCodec {
  return { name, payloadType, ...(retransmission !== null && { retransmissionPayloadType: retransmission }) };
}
