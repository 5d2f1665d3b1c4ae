import type { LegConfig } from '../media/media.ts';
import type { Agreed } from '../sdp/agreed.ts';
import { isDtls } from '../sdp/dtls-security.ts';
import { wayTo } from './digit-way.ts';
import { type DigitTerms, MEDIA_PATH, type MediaPath } from './side-terms.ts';

/**
 * What offer and answer came to, as the leg's settings. Without an address (c=0.0.0.0) nothing is sent, and what the leg
 * knew stays: DTLS would begin anew with nobody.
 */
export function legTerms(
  agreed: Agreed,
  digits: DigitTerms,
  { policy, keepAliveMs }: MediaPath = MEDIA_PATH,
): LegConfig {
  const { remote, receive, send, receiveTelephoneEvent, sendTelephoneEvent, packetMs, direction, security } = agreed;
  return {
    receive,
    send,
    packetMs,
    direction: remote === null ? deaf(direction) : direction,
    ...((remote !== null || !isDtls(security)) && { security }),
    remote: remote && { ...remote, policy },
    keepAliveMs,
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
