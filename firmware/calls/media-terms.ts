import type { LegConfig } from '../media/media.ts';
import type { Agreed } from '../sdp/agreed.ts';
import type { SideSound } from './side-terms.ts';

/**
 * What offer and answer came to, as the leg's settings. The far end's address is where its packets are taken from
 * once it has shown it: phones behind a NAT write one in SDP and send from another (RFC 4961). Without an address
 * (c=0.0.0.0) nothing is sent, and what the leg knew stays: DTLS would begin anew with nobody.
 */
export function legTerms(agreed: Agreed, sound: SideSound = {}): LegConfig {
  const { remote, receive, send, receiveTelephoneEvent, sendTelephoneEvent, packetMs, direction, security } = agreed;
  return {
    ...sound,
    receive,
    send,
    packetMs,
    direction: remote === null ? deaf(direction) : direction,
    ...((remote !== null || !isDtls(security)) && { security }),
    ...(remote && { remote: { ...remote, policy: 'learn-once' } }),
    ...(receiveTelephoneEvent && { receiveTelephoneEvent }),
    ...(sendTelephoneEvent && { sendTelephoneEvent }),
  };
}

/** The same for somebody who may not speak: what arrives is counted, and not heard. */
export function listeningOnly(agreed: Agreed): Agreed {
  const { direction } = agreed;
  return { ...agreed, direction: direction === 'sendrecv' || direction === 'sendonly' ? 'sendonly' : 'inactive' };
}

function isDtls(security: Agreed['security']): boolean {
  return security !== null && 'dtls' in security;
}

function deaf(direction: Agreed['direction']): Agreed['direction'] {
  return direction === 'sendrecv' || direction === 'recvonly' ? 'recvonly' : 'inactive';
}
