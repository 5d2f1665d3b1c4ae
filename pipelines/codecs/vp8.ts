import type { VideoCodec } from './video-codec.ts';

/** RFC 7741: its parameters are limits of who receives; ours are those of whoever looks on, whom we do not know yet. */
export const VP8: VideoCodec = { name: 'VP8', rank: () => 0, fmtp: () => null };
