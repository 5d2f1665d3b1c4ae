import type { Codec, Endpoint, TelephoneEvent } from '../../pipelines/protocol.ts';
import type { Direction } from './session-description.ts';

/** What offer and answer came to, in the shapes that the media worker takes. */
export interface Agreed {
  /** Where to send; null for c=0.0.0.0, the hold of RFC 2543: nothing may be sent, RTCP neither (RFC 3264 §8.4). */
  remote: { rtp: Endpoint; rtcp: Endpoint } | null;
  /** What may arrive, under the numbers that we chose. */
  receive: Codec[];
  /** What we send, under the far end's number for it. */
  send: Codec;
  receiveTelephoneEvent?: TelephoneEvent;
  sendTelephoneEvent?: TelephoneEvent;
  /** Packet time of what we send. */
  packetMs: 10 | 20 | 30 | 40 | 60;
  /** From our side. */
  direction: Direction;
  /** The far end does not want to hear us (sendonly, inactive, c=0.0.0.0). */
  held: boolean;
}
