import type { AudioCodec } from '../../pipelines/codecs/audio-codec.ts';
import type { SrtpSuite } from '../../pipelines/protocol/leg-media.ts';

export type DigitWay = 'rfc4733' | 'info';

/** How media is negotiated with one far end. */
export interface SideTerms {
  /** In the order of preference. */
  readonly codecs: readonly AudioCodec[];
  /** Whose order decides when an offer is answered. Default theirs. */
  readonly codecOrder?: 'theirs' | 'ours';
  /** Whether media is secured: never, always, when the far end can, or always by DTLS (`OurMedia`). */
  readonly security: 'none' | 'sdes' | 'prefer-sdes' | 'dtls';
  /** Who begins a DTLS handshake where an offer leaves the choice. Default active. */
  readonly answerSetup?: 'active' | 'passive';
  /** With which suites SDES does it, in the order of our offers. Default: all. */
  readonly suites?: readonly SrtpSuite[];
  /** IP address written in SDP, where the far end sees the box under another one than most do. */
  readonly advertise?: string;
  readonly digits: { readonly accept: readonly DigitWay[]; readonly send: DigitWay };
}
