import { H264 } from './h264.ts';
import type { VideoCodec } from './video-codec.ts';
import { VP8 } from './vp8.ts';

/** Every video codec that crosses the box, best first where nothing else is configured. This is the place to add one. */
export const VIDEO_CODECS: readonly VideoCodec[] = [VP8, H264];

export const VIDEO_CODEC_NAMES: readonly string[] = VIDEO_CODECS.map(({ name }) => name);

/** In the order of the names, which are some of VIDEO_CODEC_NAMES. */
export function videoCodecsNamed(names: readonly string[]): VideoCodec[] {
  return [...new Set(names)].flatMap(wanted => VIDEO_CODECS.find(({ name }) => name === wanted) ?? []);
}
