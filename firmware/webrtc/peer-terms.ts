import type { PacketMs } from '../../pipelines/codecs/audio-codec.ts';
import { OPUS } from '../../pipelines/codecs/opus.ts';
import type { LegConfig } from '../media/media.ts';
import { receivedCodec, sentCodec, workerTelephoneEvent } from '../sdp/codec-table.ts';
import { packetMsOf } from '../sdp/remote-media.ts';
import type { PeerOffer, PeerRole } from './peer-offer.ts';

/** What an answered offer comes to, as the leg's settings. */
export function peerTerms(offer: PeerOffer, role: PeerRole): LegConfig {
  const { opus, telephoneEvents, fingerprints } = offer;
  const security = { dtls: { role: 'server' as const, fingerprints } };
  const events = telephoneEvents.map(workerTelephoneEvent);
  const [event] = events;
  if (role === 'publisher')
    return {
      security,
      direction: 'recvonly',
      receive: [receivedCodec(OPUS, opus.payloadType, opus)],
      ...(event && { receiveTelephoneEvent: events }),
    };
  const packetMs: PacketMs = packetMsOf(offer.lines[offer.audio] ?? { ptime: null, maxptime: null }, OPUS);
  return {
    security,
    direction: 'sendonly',
    packetMs,
    send: sentCodec(OPUS, opus, packetMs),
    ...(event && { sendTelephoneEvent: event }),
  };
}
