/** Which of the three E-models a codec is rated on; their ratings and MOS are not to be compared with each other. */
export type Scale = 'narrowband' | 'wideband' | 'fullband';

/** What a codec does to speech, as planning values: at no loss, and how well it takes losses. */
export interface Impairment {
  readonly scale: Scale;
  /** Equipment impairment factor without loss. */
  readonly ie: number;
  /** Packet-loss robustness factor. */
  readonly bpl: number;
  /** Whether ITU-T published both; otherwise they are those of the nearest codec that has any. */
  readonly basis: 'published' | 'provisional';
  /** Delay of the algorithm beyond the packet time, ms. */
  readonly lookaheadMs: number;
}

/**
 * ITU-T G.113 Appendix I: G.711 with the concealment of its Appendix I (ours works alike), G.729A. Appendix IV: G.722 at
 * 64 kbit/s, whose robustness is not published; AMR-WB's is (4.3–4.9), and its middle stands here. Appendix V has nothing
 * of Opus; EVS at 24.4 kbit/s stands in for it.
 */
const impairments: Readonly<Record<string, Impairment>> = {
  PCMU: { scale: 'narrowband', ie: 0, bpl: 25.1, basis: 'published', lookaheadMs: 0 },
  PCMA: { scale: 'narrowband', ie: 0, bpl: 25.1, basis: 'published', lookaheadMs: 0 },
  G729: { scale: 'narrowband', ie: 11, bpl: 19, basis: 'published', lookaheadMs: 5 },
  G722: { scale: 'wideband', ie: 13, bpl: 4.6, basis: 'provisional', lookaheadMs: 1.5 },
  OPUS: { scale: 'fullband', ie: 7.2, bpl: 11.4, basis: 'provisional', lookaheadMs: 6.5 },
};

/** Null for a codec that nobody has rated: then there is no MOS. @param codec as in a=rtpmap */
export function impairmentOf(codec: string): Impairment | null {
  return impairments[codec.toUpperCase()] ?? null;
}
