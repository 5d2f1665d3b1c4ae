import type { FormatParameters } from './audio-codec.ts';

/** Of every video codec in RTP: units per second. */
export const VIDEO_CLOCK_RATE = 90_000;

/** A video codec by name. The media worker sends its packets on, and never decodes them. */
export interface VideoCodec {
  /** As in a=rtpmap; compared without regard to case (RFC 4855 §3). */
  readonly name: string;
  /** How welcome a format with these parameters of a=fmtp is, 0 first; null: it is another codec to us. */
  readonly rank: (theirs: FormatParameters) => number | null;
  /** What our a=fmtp answers to theirs, behind the number; null: none. */
  readonly fmtp: (theirs: FormatParameters) => string | null;
}
