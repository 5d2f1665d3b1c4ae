import type { PacketMs } from '../../pipelines/codecs/audio-codec.ts';
import type { Codec, Endpoint, LegSecurity, TelephoneEvent } from '../../pipelines/protocol/leg-media.ts';
import type { Direction, PayloadFormat } from './session-description.ts';

/** What offer and answer came to, in the shapes that the media worker takes. */
export interface Agreed {
  /** Where to send; null for c=0.0.0.0, the hold of RFC 2543: nothing may be sent, RTCP neither (RFC 3264 §8.4). */
  remote: { rtp: Endpoint; rtcp: Endpoint } | null;
  /** What may arrive, under the numbers that we chose. */
  receive: Codec[];
  /** Why it is that codec that we send: a sentence for whoever wonders. */
  reason: string;
  /** What we send, under the far end's number for it. */
  send: Codec;
  /** How the far end describes it: its parameters go to the other side of a bridge. */
  sendFormat: PayloadFormat;
  /** One for each clock rate of the codecs that may arrive. */
  receiveTelephoneEvent?: TelephoneEvent | TelephoneEvent[];
  sendTelephoneEvent?: TelephoneEvent;
  /** Packet time of what we send. */
  packetMs: PacketMs;
  /** From our side. */
  direction: Direction;
  /** The far end does not want to hear us (sendonly, inactive, c=0.0.0.0). */
  held: boolean;
  /** SRTP: our key for what we send, theirs for what they send (secrets), or how DTLS makes some. Null: plain RTP. */
  security: LegSecurity | null;
}
