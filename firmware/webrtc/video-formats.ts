import { formatParameters } from '../../pipelines/codecs/audio-codec.ts';
import { VIDEO_CLOCK_RATE, type VideoCodec } from '../../pipelines/codecs/video-codec.ts';
import type { MediaDescription, PayloadFormat } from '../sdp/session-description.ts';
import type { FeedbackLine } from './feedback-lines.ts';

/** A video codec of ours as an offer has it. */
export interface VideoFormat {
  readonly codec: VideoCodec;
  readonly payloadType: number;
  /** Raw, of the offer. */
  readonly fmtp: string | null;
  /** Payload type of its retransmissions (RFC 4588); null: there are none. */
  readonly retransmission: number | null;
  /** What of OUR_FEEDBACK the offer has for it. */
  readonly feedback: readonly string[];
}

/** Of packets counted by TRANSPORT_SEQUENCE. */
export const TRANSPORT_FEEDBACK = 'transport-cc';
/** What the media worker sends of video, and obeys but for the second (RFC 4585, RFC 5104, draft-alvestrand-rmcat-remb). */
const OUR_FEEDBACK = ['goog-remb', TRANSPORT_FEEDBACK, 'ccm fir', 'nack', 'nack pli'] as const;

/** Each of our codecs that is offered, once, in our order. */
export function videoFormats(
  line: MediaDescription,
  feedback: readonly FeedbackLine[],
  ours: readonly VideoCodec[],
): VideoFormat[] {
  return ours.flatMap(codec => {
    const [best] = line.payloads
      .map(format => ({ format, rank: rankOf(format, codec) }))
      .filter((each): each is { format: PayloadFormat; rank: number } => each.rank !== null)
      .sort((one, other) => one.rank - other.rank);
    if (!best) return [];
    const { payloadType, fmtp } = best.format;
    const given = feedback.filter(each => each.payloadType === null || each.payloadType === payloadType);
    return {
      codec,
      payloadType,
      fmtp,
      retransmission: retransmissionOf(line, payloadType),
      feedback: OUR_FEEDBACK.filter(ours => given.some(({ value }) => value === ours)),
    };
  });
}

function rankOf({ name, clockRate, fmtp }: PayloadFormat, codec: VideoCodec): number | null {
  if (name?.toLowerCase() !== codec.name.toLowerCase() || clockRate !== VIDEO_CLOCK_RATE) return null;
  return codec.rank(formatParameters(fmtp));
}

/** RFC 4588 §8.1: a=rtpmap rtx, whose a=fmtp says which format it repeats. */
function retransmissionOf({ payloads }: MediaDescription, payloadType: number): number | null {
  const found = payloads.find(
    ({ name, clockRate, fmtp }) =>
      name?.toLowerCase() === 'rtx' &&
      clockRate === VIDEO_CLOCK_RATE &&
      formatParameters(fmtp).get('apt') === String(payloadType),
  );
  return found?.payloadType ?? null;
}
