import { isIP } from 'node:net';
import { type RawConnection, type RawMedia, write } from 'sdp-transform';
import { CrosspointError } from '../base/errors.ts';
import type { MediaDescription, SessionDescription } from './session-description.ts';

/** What a description of ours must have besides: an o= line. */
export type OwnDescription = SessionDescription & { origin: NonNullable<SessionDescription['origin']> };

/**
 * The text of a description: c= once for the session (the origin's address), again where a media's differs.
 * @throws CrosspointError sdp.bad-address when an address of ours is no IP address
 */
export function formatDescription(description: OwnDescription): string {
  const { origin, timing, media } = description;
  const connection = connectionOf(origin.address);
  return write({
    version: 0,
    origin: {
      username: origin.username,
      sessionId: origin.sessionId,
      sessionVersion: origin.version,
      netType: 'IN',
      ipVer: connection.version,
      address: origin.address,
    },
    name: '-',
    connection,
    timing,
    media: media.map(each => rawMedia(each, origin.address)),
  });
}

function connectionOf(address: string): RawConnection {
  const version = isIP(address);
  if (version === 0) throw new CrosspointError('sdp.bad-address', 'the address for media must be an IP address');
  return { version, ip: address };
}

function rawMedia(media: MediaDescription, sessionAddress: string): RawMedia {
  const { kind, port, protocol, formats, payloads, address, rtcp, ptime, maxptime, direction } = media;
  const line = { type: kind, port, protocol, payloads: formats.join(' ') };
  // A refused line is nothing but the line (RFC 3264 §6).
  if (port === 0) return { ...line, rtp: [], fmtp: [] };
  const raw: RawMedia = { ...line, rtp: [], fmtp: [], direction };
  for (const { payloadType, name, clockRate, channels, fmtp } of payloads) {
    if (name !== null && clockRate !== null) {
      const mapped = { payload: payloadType, codec: name, rate: clockRate };
      raw.rtp.push(channels > 1 ? { ...mapped, encoding: channels } : mapped);
    }
    if (fmtp !== null) raw.fmtp.push({ payload: payloadType, config: fmtp });
  }
  if (address !== null && address !== sessionAddress) raw.connection = connectionOf(address);
  if (rtcp) raw.rtcp = rawRtcp(rtcp);
  if (ptime !== null) raw.ptime = ptime;
  if (maxptime !== null) raw.maxptime = maxptime;
  return raw;
}

function rawRtcp({ port, address }: NonNullable<MediaDescription['rtcp']>): NonNullable<RawMedia['rtcp']> {
  if (address === null) return { port };
  const { version, ip } = connectionOf(address);
  return { port, netType: 'IN', ipVer: version, address: ip };
}
