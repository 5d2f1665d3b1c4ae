/** What the legs of a media run speak; as a=rtpmap names it. */
export type BenchCodec = 'PCMU' | 'G722' | 'opus' | 'opus32';

interface BenchCodecTerms {
  readonly payloadType: number;
  readonly rtpmap: string;
  /** One more attribute of the offer. */
  readonly attribute?: string;
  /** As the load generator names it (hw-tests/load/rtpload). */
  readonly load: 'PCMU' | 'G722' | 'opus';
}

export const benchCodecs: Readonly<Record<BenchCodec, BenchCodecTerms>> = {
  PCMU: { payloadType: 0, rtpmap: 'PCMU/8000', load: 'PCMU' },
  G722: { payloadType: 9, rtpmap: 'G722/8000', load: 'G722' },
  opus: { payloadType: 111, rtpmap: 'opus/48000/2', load: 'opus' },
  // The settings of the design's budget: at so little the gateway encodes with the speech coder (RFC 7587 §6.1).
  opus32: {
    payloadType: 111,
    rtpmap: 'opus/48000/2',
    attribute: 'fmtp:111 maxaveragebitrate=32000',
    load: 'opus',
  },
};

export interface MediaLoad {
  readonly legs: number;
  /** Legs i·roomSize … share a session. */
  readonly roomSize: number;
  /** Of legs 0, 2, 4 …, and of legs 1, 3, 5 …. */
  readonly codecs: readonly [BenchCodec, BenchCodec];
  /** By SDES, AES_CM_128_HMAC_SHA1_80. */
  readonly secured: boolean;
}

/** "PCMU" or "PCMU↔opus". */
export const codecsOf = ({ codecs: [even, odd] }: MediaLoad): string => (even === odd ? even : `${even}↔${odd}`);

export function nameOf(load: MediaLoad): string {
  const secured = load.secured ? ', secured' : '';
  return `${codecsOf(load)}${secured}, ${load.legs} legs in sessions of ${load.roomSize}`;
}

export const codecOfLeg = ({ codecs }: MediaLoad, leg: number): BenchCodec => codecs[leg % 2 === 0 ? 0 : 1];

export function isSame(a: MediaLoad, b: MediaLoad): boolean {
  return nameOf(a) === nameOf(b);
}

export function speaksOnly(load: MediaLoad, codec: BenchCodec): boolean {
  return load.codecs.every(each => each === codec);
}
