import type { AudioCodec } from '../../pipelines/codecs/audio-codec.ts';

export type DigitWay = 'rfc4733' | 'info' | 'inband';

/** How digits come and go. */
export interface DigitTerms {
  readonly accept: readonly DigitWay[];
  /** `auto`: as events; to a far end that takes none as tones, or by INFO where the codec would spoil them. */
  readonly send: DigitWay | 'auto';
  /** What was recognised as a digit in the audio, or lies beside an event, is not heard by others. */
  readonly removeInband: boolean;
}

/** For far ends of no trunk. */
export const USUAL_DIGITS: DigitTerms = { accept: ['rfc4733', 'info'], send: 'auto', removeInband: false };

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
  readonly digits: DigitTerms;
}
