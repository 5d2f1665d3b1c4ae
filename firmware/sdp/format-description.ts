import { isIP } from 'node:net';
import { CrosspointError } from '../base/errors.ts';
import { writeDtlsLines } from './dtls-lines.ts';
import type { MediaDescription, SessionDescription } from './session-description.ts';

/** What a description of ours must have besides: an o= line. */
export type OwnDescription = SessionDescription & { origin: NonNullable<SessionDescription['origin']> };

/**
 * The text of a description, in the order of RFC 4566 §5: c= once for the session (the origin's address), again where a
 * media's differs. Written by hand: sdp-transform needs as long for it as the whole negotiation.
 * @throws CrosspointError sdp.bad-address when an address of ours is no IP address
 */
export function formatDescription({ origin, timing, media }: OwnDescription): string {
  const address = addressOf(origin.address);
  const lines = [
    'v=0',
    `o=${origin.username} ${origin.sessionId} ${origin.version} ${address}`,
    's=-',
    `c=${address}`,
    `t=${timing.start} ${timing.stop}`,
    ...media.flatMap(each => mediaLines(each, origin.address)),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function addressOf(address: string): string {
  const version = isIP(address);
  if (version === 0) throw new CrosspointError('sdp.bad-address', 'the address for media must be an IP address');
  return `IN IP${version} ${address}`;
}

function mediaLines(media: MediaDescription, sessionAddress: string): string[] {
  const { kind, port, protocol, formats, payloads, address, rtcp, rtcpMux, ptime, maxptime, crypto, dtls, direction } =
    media;
  const lines = [`m=${kind} ${port} ${protocol} ${formats.join(' ')}`];
  // A refused line is nothing but the line (RFC 3264 §6).
  if (port === 0) return lines;
  if (address !== null && address !== sessionAddress) lines.push(`c=${addressOf(address)}`);
  for (const { payloadType, name, clockRate, channels } of payloads) {
    if (name === null || clockRate === null) continue;
    lines.push(`a=rtpmap:${payloadType} ${name}/${clockRate}${channels > 1 ? `/${channels}` : ''}`);
  }
  for (const { payloadType, fmtp } of payloads) if (fmtp !== null) lines.push(`a=fmtp:${payloadType} ${fmtp}`);
  for (const value of crypto) lines.push(`a=crypto:${value}`);
  if (dtls) lines.push(...writeDtlsLines(dtls));
  if (rtcp) lines.push(`a=rtcp:${rtcp.port}${rtcp.address === null ? '' : ` ${addressOf(rtcp.address)}`}`);
  if (rtcpMux) lines.push('a=rtcp-mux');
  if (ptime !== null) lines.push(`a=ptime:${ptime}`);
  if (maxptime !== null) lines.push(`a=maxptime:${maxptime}`);
  lines.push(`a=${direction}`);
  return lines;
}
