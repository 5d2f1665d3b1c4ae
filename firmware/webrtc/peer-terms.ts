import type { PacketMs } from '../../pipelines/codecs/audio-codec.ts';
import { OPUS } from '../../pipelines/codecs/opus.ts';
import type { VideoCodec as WorkerVideoCodec } from '../../pipelines/protocol/video.ts';
import type { LegConfig } from '../media/media.ts';
import { receivedCodec, sentCodec, workerTelephoneEvent } from '../sdp/codec-table.ts';
import { packetMsOf } from '../sdp/remote-media.ts';
import { type AgreedMedia, type AgreedVideo, whatFlows } from './agreed-media.ts';
import type { SentVideo } from './peer-answer.ts';
import type { PeerOffer } from './peer-offer.ts';
import type { VideoFormat } from './video-formats.ts';

/** RFC 8285 §4.2: of a header of one byte. */
const MAX_SHORT_ID = 14;

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
    ...(video && { receiveVideo: receivedVideo(video, maxBitrate) }),
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
    ...(video && { sendVideo: sentVideo(video, sent) }),
  };
}

function securityTerms({ fingerprints }: PeerOffer): Pick<LegConfig, 'security'> {
  return { security: { dtls: { role: 'server', fingerprints } } };
}

function receivedVideo({ format, extension }: AgreedVideo, maxBitrate: number): LegConfig['receiveVideo'] {
  const counted = extension && { transportSequenceExtension: extension.id };
  return { codecs: [workerVideoCodec(format)], maxBitrate, ...counted };
}

function sentVideo(
  { format, extension }: AgreedVideo,
  { ssrc, retransmissionSsrc }: SentVideo,
): LegConfig['sendVideo'] {
  return {
    codec: workerVideoCodec(format),
    ssrc,
    ...(format.retransmission !== null && { retransmissionSsrc }),
    // One of two bytes' header the worker does not write.
    ...(extension && extension.id <= MAX_SHORT_ID && { absoluteSendTimeExtension: extension.id }),
  };
}

function workerVideoCodec({ codec: { name }, payloadType, retransmission }: VideoFormat): WorkerVideoCodec {
  return { name, payloadType, ...(retransmission !== null && { retransmissionPayloadType: retransmission }) };
}
