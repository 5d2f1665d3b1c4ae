import type { AudioCodec } from '../../pipelines/codecs/audio-codec.ts';
import { OPUS } from '../../pipelines/codecs/opus.ts';
import type { VideoCodec } from '../../pipelines/codecs/video-codec.ts';

/** What of a WebRTC client's media is taken: one stream a kind, in one of these codecs, best first. */
export interface AcceptedMedia {
  readonly audio: readonly AudioCodec[];
  readonly video: readonly VideoCodec[];
}

/** The one place that says it. */
export function acceptedMedia(video: readonly VideoCodec[]): AcceptedMedia {
  return { audio: [OPUS], video };
}
