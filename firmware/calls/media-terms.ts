import type { LegConfig } from '../media/media.ts';
import type { Agreed } from '../sdp/agreed.ts';
import { isDtls } from '../sdp/dtls-security.ts';
import { wayTo } from './digit-way.ts';
import { MEDIA_PATH, type SideTerms } from './side-terms.ts';

/**
 * What offer and answer came to, as the leg's settings. Without an address (c=0.0.0.0) nothing is sent, and what the leg
 * knew stays: DTLS would begin anew with nobody.
 */
export function legTerms(agreed: Agreed, { digits, path = MEDIA_PATH, sound = {} }: SideTerms): LegConfig {
  const { remote, receive, send, receiveTelephoneEvent, sendTelephoneEvent, packetMs, direction, security } = agreed;
  return {
    ...sound,
    receive,
    send,
    packetMs,
    direction: remote === null ? deaf(direction) : direction,
    ...((remote !== null || !isDtls(security)) && { security }),
    remote: remote && { ...remote, policy: path.policy },
    keepAliveMs: path.keepAliveMs,
    // Events that are not wanted, or that go in another way, must not be relayed as packets either.
    ...(receiveTelephoneEvent && digits.accept.includes('rfc4733') && { receiveTelephoneEvent }),
    ...(sendTelephoneEvent && wayTo(digits, agreed) === 'rfc4733' && { sendTelephoneEvent }),
    inbandDigits: { detect: digits.accept.includes('inband'), remove: digits.removeInband },
  };
}

/** The same for somebody who may not speak: what arrives is counted, and not heard. */
export function listeningOnly(agreed: Agreed): Agreed {
  const { direction } = agreed;
  return { ...agreed, direction: direction === 'sendrecv' || direction === 'sendonly' ? 'sendonly' : 'inactive' };
}

function deaf(direction: Agreed['direction']): Agreed['direction'] {
  return direction === 'sendrecv' || direction === 'recvonly' ? 'recvonly' : 'inactive';
}
