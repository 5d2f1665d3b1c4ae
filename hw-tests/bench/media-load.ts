/** What the legs of a media run speak; as a=rtpmap names it. */
export type BenchCodec = 'PCMU' | 'G722' | 'opus';

/** Those of the load generator (hw-tests/load/rtpload). */
export const benchCodecs: Readonly<Record<BenchCodec, { readonly payloadType: number; readonly rtpmap: string }>> = {
  PCMU: { payloadType: 0, rtpmap: 'PCMU/8000' },
  G722: { payloadType: 9, rtpmap: 'G722/8000' },
  opus: { payloadType: 111, rtpmap: 'opus/48000/2' },
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
