import type { Codec, Endpoint, Security, TelephoneEvent } from '../../pipelines/protocol.ts';
import type { Direction, PayloadFormat } from './session-description.ts';

/** What offer and answer came to, in the shapes that the media worker takes. */
export interface Agreed {
  /** Where to send; null for c=0.0.0.0, the hold of RFC 2543: nothing may be sent, RTCP neither (RFC 3264 §8.4). */
  remote: { rtp: Endpoint; rtcp: Endpoint } | null;
  /** What may arrive, under the numbers that we chose. */
  receive: Codec[];
  /** What we send, under the far end's number for it. */
  send: Codec;
  /** How the far end describes it: its parameters go to the other side of a bridge. */
  sendFormat: PayloadFormat;
  receiveTelephoneEvent?: TelephoneEvent;
  sendTelephoneEvent?: TelephoneEvent;
  /** Packet time of what we send. */
  packetMs: 10 | 20 | 30 | 40 | 60;
  /** From our side. */
  direction: Direction;
  /** The far end does not want to hear us (sendonly, inactive, c=0.0.0.0). */
  held: boolean;
  /** SRTP: our key for what we send, theirs for what they send. Secrets. Null: plain RTP. */
  security: Security | null;
}
