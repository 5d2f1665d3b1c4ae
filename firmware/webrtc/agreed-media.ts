import type { VideoCodec } from '../../pipelines/codecs/video-codec.ts';
import { CrosspointError } from '../base/errors.ts';
import { type HeaderExtension, MID, REPAIRED_RID, RID, SEND_TIME, TRANSPORT_SEQUENCE } from './header-extensions.ts';
import type { OfferedAudio, OfferedVideo, PeerOffer } from './peer-offer.ts';
import { TRANSPORT_FEEDBACK, type VideoFormat } from './video-formats.ts';

/** What of an offer is taken; of one kind at least something flows. */
export interface AgreedMedia {
  readonly audio: AgreedAudio | null;
  readonly video: AgreedVideo | null;
}

interface Agreed {
  /** False: the stream has nothing of that kind; the line is inactive. */
  readonly flows: boolean;
}

export type AgreedAudio = OfferedAudio & Agreed;

export interface AgreedVideo extends Agreed {
  /** Which of the offer's m= lines. */
  readonly line: number;
  readonly format: VideoFormat;
  /** What its packets have in their headers. */
  readonly extensions: readonly HeaderExtension[];
  /** RIDs of the layers that it comes in (RFC 8853); null: it comes in one. */
  readonly layers: readonly string[] | null;
}

/** What a stream consists of. */
export interface StreamMedia {
  readonly hasAudio: boolean;
  /** Null without video. */
  readonly video: VideoCodec | null;
}

/** A publisher sends one video codec, the first of ours that it has: so all who look on are sent the same. */
export function agreeToPublish({ audio, video }: PeerOffer): AgreedMedia {
  const agreed = video && videoIn(video, null);
  const isTold = agreed?.format.feedback.includes(TRANSPORT_FEEDBACK);
  const layers = video && layersOf(video);
  const extensions = [...(layers ? [MID, RID, REPAIRED_RID] : []), ...(isTold ? [TRANSPORT_SEQUENCE] : [])];
  return {
    audio: audio && { ...audio, flows: true },
    video: video && agreed && { ...agreed, layers, extensions: extensionsOf(video, extensions) },
  };
}

/**
 * A subscriber is sent what the stream has, as far as it can take it. What the stream has not is inactive rather than
 * refused: Chromium cannot do without the first line of a bundle.
 * @throws CrosspointError sdp.no-common-codec when nothing flows
 */
export function agreeToSubscribe(offer: PeerOffer, source: StreamMedia): AgreedMedia {
  const audio = offer.audio && { ...offer.audio, flows: source.hasAudio };
  const wanted = offer.video && videoIn(offer.video, source.video);
  const video = offer.video &&
    wanted && { ...wanted, flows: source.video !== null, extensions: extensionsOf(offer.video, [SEND_TIME]) };
  if (audio?.flows || video?.flows) return { audio, video };
  const has = [source.hasAudio ? 'audio' : null, source.video && `${source.video.name} video`].filter(Boolean);
  throw new CrosspointError('sdp.no-common-codec', `nothing of what the stream has is offered: ${has.join(' and ')}`);
}

/** @param codec null: the first of ours */
function videoIn({ line, formats }: OfferedVideo, codec: VideoCodec | null): AgreedVideo | null {
  const format = codec ? formats.find(each => each.codec === codec) : formats[0];
  return format ? { line, format, flows: true, extensions: [], layers: null } : null;
}

/** Without a name in their packets layers cannot be told apart: their SSRCs are not in the offer. */
function layersOf({ layers, extensions }: OfferedVideo): readonly string[] | null {
  return extensions.has(RID) ? layers : null;
}

function extensionsOf({ extensions }: OfferedVideo, names: readonly string[]): HeaderExtension[] {
  return names.flatMap(name => {
    const id = extensions.get(name);
    return id === undefined ? [] : [{ id, name }];
  });
}

/** Null when it was not agreed on. */
export function idOf({ extensions }: AgreedVideo, name: string): number | null {
  return extensions.find(each => each.name === name)?.id ?? null;
}

export function whatFlows({ audio, video }: AgreedMedia): AgreedMedia {
  return { audio: audio?.flows ? audio : null, video: video?.flows ? video : null };
}

/** The m= lines that are taken, in the order of the offer. */
export function linesTaken({ audio, video }: AgreedMedia): number[] {
  return [audio?.line, video?.line].filter(line => line !== undefined).sort((one, other) => one - other);
}
