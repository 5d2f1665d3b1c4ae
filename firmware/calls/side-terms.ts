import type { AudioCodec } from '../../pipelines/codecs/audio-codec.ts';
import type { LegConfig } from '../media/media.ts';

/** How loud a far end is to be, both ways, and what is done to what it says. */
export type SideSound = Pick<LegConfig, 'gain' | 'audioProcessing'>;

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
  /** IP address written in SDP, where the far end sees the box under another one than most do. */
  readonly advertise?: string;
  /** Absent: as it is. */
  readonly sound?: SideSound;
  readonly digits: { readonly accept: readonly DigitWay[]; readonly send: DigitWay };
}
