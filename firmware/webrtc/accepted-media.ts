import type { AudioCodec } from '../../pipelines/codecs/audio-codec.ts';
import { OPUS } from '../../pipelines/codecs/opus.ts';

/** The one place that says what of a browser's media is taken: one stream a kind, in these codecs. */
export const ACCEPTED_MEDIA: ReadonlyMap<string, readonly AudioCodec[]> = new Map([['audio', [OPUS]]]);
