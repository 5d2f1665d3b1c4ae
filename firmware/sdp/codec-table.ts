import type { Codec, TelephoneEvent } from '../../pipelines/protocol.ts';
import type { PayloadFormat } from './session-description.ts';

/** An audio codec by name: one that we can decode and encode, or one that only crosses the box. */
export interface AudioCodec {
  /** As in a=rtpmap; compared without regard to case (RFC 4855 §3). */
  readonly name: string;
  /** Of RFC 3551 table 4 where there is a static one, else the dynamic one that we offer. */
  readonly payloadType: number;
  /** RTP clock, units per second. */
  readonly clockRate: number;
  readonly channels: number;
  /** Of the decoded audio, Hz, mono. */
  readonly sampleRate: number;
  readonly implementation: Codec['implementation'];
  /** What follows the number in a=fmtp. */
  readonly fmtp: string | null;
}

/** Every codec that we can decode, in the order in which we offer them. This is the place to add one. */
export const AUDIO_CODECS: readonly AudioCodec[] = [
  { name: 'PCMU', payloadType: 0, clockRate: 8000, channels: 1, sampleRate: 8000, implementation: 'pcmu', fmtp: null },
  { name: 'PCMA', payloadType: 8, clockRate: 8000, channels: 1, sampleRate: 8000, implementation: 'pcma', fmtp: null },
];

/** RFC 4733 digits: the events 0–15 are 0–9, *, #, A–D. */
export const TELEPHONE_EVENT = {
  name: 'telephone-event',
  payloadType: 101,
  clockRate: 8000,
  channels: 1,
  fmtp: '0-15',
} as const;

/** What RFC 3551 table 4 fixes without an a=rtpmap: [name, clock rate]. */
export const STATIC_PAYLOADS: ReadonlyMap<number, readonly [name: string, clockRate: number]> = new Map([
  [0, ['PCMU', 8000]],
  [3, ['GSM', 8000]],
  [4, ['G723', 8000]],
  [5, ['DVI4', 8000]],
  [6, ['DVI4', 16000]],
  [7, ['LPC', 8000]],
  [8, ['PCMA', 8000]],
  [9, ['G722', 8000]],
  [11, ['L16', 44100]],
  [12, ['QCELP', 8000]],
  [13, ['CN', 8000]],
  [14, ['MPA', 90000]],
  [15, ['G728', 8000]],
  [16, ['DVI4', 11025]],
  [17, ['DVI4', 22050]],
  [18, ['G729', 8000]],
] as const);

/** Whether a format of a description is that codec. */
export function isCodec(format: PayloadFormat, codec: Pick<AudioCodec, 'name' | 'clockRate' | 'channels'>): boolean {
  return (
    format.name?.toLowerCase() === codec.name.toLowerCase() &&
    format.clockRate === codec.clockRate &&
    format.channels === codec.channels
  );
}

export function isDecodable({ implementation }: Pick<AudioCodec, 'implementation'>): boolean {
  return implementation !== 'relay';
}

/** A codec as the media worker takes it, under the number that it has in one direction of one call. */
export function workerCodec(codec: AudioCodec, payloadType: number): Codec {
  const { name, clockRate, sampleRate, implementation } = codec;
  return { name, payloadType, clockRate, sampleRate, implementation };
}

export function workerTelephoneEvent(format: PayloadFormat): TelephoneEvent {
  return { payloadType: format.payloadType, clockRate: TELEPHONE_EVENT.clockRate };
}
