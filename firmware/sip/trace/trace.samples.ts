import type { TransportName } from '../transport/hop.ts';
import type { LocalAddress } from '../transport/listener.ts';

export const INVITE = [
  'INVITE sip:bob:hunter2@192.0.2.9 SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1',
  'Call-ID: one@box',
  'Authorization: Digest username="al", realm="r", nonce="n", uri="sip:bob@192.0.2.9", response="0123abcd", cnonce="feed"',
  'Content-Type: application/sdp',
  'Content-Length: 82',
  '',
  'v=0',
  'm=audio 10000 RTP/SAVP 0',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0a2V5|2^20|1:4',
].join('\r\n');

export const RINGING = ['SIP/2.0 180 Ringing', 'i: one@box', '', ''].join('\r\n');

export function localAddress(transport: TransportName = 'udp', address = '192.0.2.1'): LocalAddress {
  return { transport, address, port: 5060, advertised: { host: address, port: 5060 }, sentBy: `${address}:5060` };
}

export function peer(transport: TransportName = 'udp', address = '192.0.2.9') {
  return { transport, address, port: 5060 };
}
