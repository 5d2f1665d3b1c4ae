import type { PacketMs } from '../../pipelines/codecs/audio-codec.ts';
import { OPUS } from '../../pipelines/codecs/opus.ts';
import type { Simulcast, VideoCodec as WorkerVideoCodec } from '../../pipelines/protocol/video.ts';
import type { LegConfig } from '../media/media.ts';
import { receivedCodec, sentCodec, workerTelephoneEvent } from '../sdp/codec-table.ts';
import { packetMsOf } from '../sdp/remote-media.ts';
import { type AgreedMedia, type AgreedVideo, idOf, whatFlows } from './agreed-media.ts';
import { REPAIRED_RID, RID, SEND_TIME, TRANSPORT_SEQUENCE } from './header-extensions.ts';
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

function receivedVideo(agreed: AgreedVideo, maxBitrate: number): LegConfig['receiveVideo'] {
  const counter = idOf(agreed, TRANSPORT_SEQUENCE);
  const simulcast = simulcastOf(agreed);
  return {
    codecs: [workerVideoCodec(agreed.format)],
    maxBitrate,
    ...(counter !== null && { transportSequenceExtension: counter }),
    ...(simulcast && { simulcast }),
  };
}

function simulcastOf(agreed: AgreedVideo): Simulcast | null {
  const [rid, repaired] = [idOf(agreed, RID), idOf(agreed, REPAIRED_RID)];
  if (!agreed.layers || rid === null) return null;
  return { rids: [...agreed.layers], ridExtension: rid, ...(repaired !== null && { repairedRidExtension: repaired }) };
}

function sentVideo(agreed: AgreedVideo, { ssrc, retransmissionSsrc }: SentVideo): LegConfig['sendVideo'] {
  const { format } = agreed;
  const time = idOf(agreed, SEND_TIME);
  return {
    codec: workerVideoCodec(format),
    ssrc,
    ...(format.retransmission !== null && { retransmissionSsrc }),
    // One of two bytes' header the worker does not write.
    ...(time !== null && time <= MAX_SHORT_ID && { absoluteSendTimeExtension: time }),
  };
}

function workerVideoCodec({ codec: { name }, payloadType, retransmission }: VideoFormat): WorkerVideoCodec {
  return { name, payloadType, ...(retransmission !== null && { retransmissionPayloadType: retransmission }) };
}
