import type { VideoCodec } from '../../pipelines/codecs/video-codec.ts';
import { CrosspointError } from '../base/errors.ts';
import type { OfferedAudio, PeerOffer } from './peer-offer.ts';
import type { VideoFormat } from './video-formats.ts';

/** What of an offer is taken; not both are null. */
export interface AgreedMedia {
  readonly audio: OfferedAudio | null;
  readonly video: AgreedVideo | null;
}

export interface AgreedVideo {
  /** Which of the offer's m= lines. */
  readonly line: number;
  readonly format: VideoFormat;
}

/** What a stream consists of. */
export interface StreamMedia {
  readonly hasAudio: boolean;
  /** Null without video. */
  readonly video: VideoCodec | null;
}

/** A publisher sends one video codec, the first of ours that it has: so all who look on are sent the same. */
export function agreeToPublish({ audio, video }: PeerOffer): AgreedMedia {
  const format = video?.formats[0];
  return { audio, video: video && format ? { line: video.line, format } : null };
}

/**
 * A subscriber is sent what the stream has, as far as it can take it.
 * @throws CrosspointError sdp.no-common-codec when that is nothing
 */
export function agreeToSubscribe(offer: PeerOffer, source: StreamMedia): AgreedMedia {
  const audio = source.hasAudio ? offer.audio : null;
  const format = offer.video?.formats.find(({ codec }) => codec === source.video);
  const video = offer.video && format ? { line: offer.video.line, format } : null;
  if (audio || video) return { audio, video };
  const has = [source.hasAudio ? 'audio' : null, source.video && `${source.video.name} video`].filter(Boolean);
  throw new CrosspointError('sdp.no-common-codec', `nothing of what the stream has is offered: ${has.join(' and ')}`);
}

/** The m= lines that are taken, in the order of the offer. */
export function linesTaken({ audio, video }: AgreedMedia): number[] {
  return [audio?.line, video?.line].filter(line => line !== undefined).sort((one, other) => one - other);
}
