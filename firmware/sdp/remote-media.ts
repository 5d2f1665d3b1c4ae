import { BlockList, isIP } from 'node:net';
import { type AudioCodec, PACKET_TIMES, type PacketMs } from '../../pipelines/codecs/audio-codec.ts';
import { CrosspointError } from '../base/errors.ts';
import type { Agreed } from './agreed.ts';
import { DEFAULT_PACKET_MS } from './offer.ts';
import type { MediaDescription } from './session-description.ts';

/** What the other side of a description says about itself: addresses, packet time. */

/** Nobody's telephone: a stream to them would reach many, or all. */
const MANY = new BlockList();
MANY.addSubnet('224.0.0.0', 4, 'ipv4');
MANY.addAddress('255.255.255.255', 'ipv4');
MANY.addSubnet('ff00::', 8, 'ipv6');

/**
 * Where to send RTP and RTCP; null for c=0.0.0.0.
 * @param multiplexed both agreed to a=rtcp-mux, which goes before a=rtcp (RFC 5761 §5.1.1)
 * @throws CrosspointError sdp.malformed, sdp.address-unsupported
 */
export function remoteOf(media: MediaDescription, ourAddress: string, multiplexed: boolean): Agreed['remote'] {
  const { address, port, rtcp } = media;
  if (address === null) throw new CrosspointError('sdp.malformed', 'the session description has no c= line for audio');
  if (isUnspecified(address)) return null;
  if (multiplexed) {
    checkAddress(address, ourAddress);
    return { rtp: { host: address, port }, rtcp: { host: address, port } };
  }
  const rtcpPort = rtcp?.port ?? port + 1;
  if (rtcpPort > 65_535) throw new CrosspointError('sdp.malformed', 'there is no port for RTCP behind 65535');
  const rtcpAddress = rtcp?.address ?? address;
  for (const each of new Set([address, rtcpAddress])) checkAddress(each, ourAddress);
  return { rtp: { host: address, port }, rtcp: { host: rtcpAddress, port: rtcpPort } };
}

export function isUnspecified(address: string | null): boolean {
  return address === '0.0.0.0' || address === '::';
}

function checkAddress(address: string, ourAddress: string): void {
  const refuse = (why: string) => {
    throw new CrosspointError('sdp.address-unsupported', `media cannot be sent to ${address.slice(0, 64)}: ${why}`);
  };
  const family = isIP(address);
  if (family === 0) refuse('it is no IP address');
  if (isUnspecified(address)) refuse('it is nowhere');
  if (family !== isIP(ourAddress)) refuse(`our address is ${ourAddress}`);
  if (MANY.check(address, family === 6 ? 'ipv6' : 'ipv4')) refuse('it is a multicast or broadcast address');
}

/**
 * Packet time to send with: the one asked for if it is one of ours, never above what the far end takes, and one that the
 * codec has.
 */
export function packetMsOf(
  { ptime, maxptime }: Pick<MediaDescription, 'ptime' | 'maxptime'>,
  { packetTimes = PACKET_TIMES }: Pick<AudioCodec, 'packetTimes'> = {},
): PacketMs {
  const asked = PACKET_TIMES.find(each => each === ptime) ?? DEFAULT_PACKET_MS;
  const most = Math.min(asked, maxptime ?? asked);
  return packetTimes.findLast(each => each <= most) ?? packetTimes[0] ?? DEFAULT_PACKET_MS;
}
