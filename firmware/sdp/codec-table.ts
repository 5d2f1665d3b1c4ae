import { type AudioCodec, formatParameters, type PacketMs } from '../../pipelines/codecs/audio-codec.ts';
import type { Codec, TelephoneEvent } from '../../pipelines/protocol/leg-media.ts';
import type { PayloadFormat } from './session-description.ts';

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

/** What we send, as the media worker takes it: under the far end's number, as its parameters ask for. */
export function sentCodec(codec: AudioCodec, format: PayloadFormat, packetMs: PacketMs): Codec {
  return workerCodec(codec, format.payloadType, codec.sending?.(formatParameters(format.fmtp), packetMs));
}

/** What may arrive, under the number that it has in that direction; `theirs` is how the far end describes it. */
export function receivedCodec(codec: AudioCodec, payloadType: number, theirs: PayloadFormat): Codec {
  return workerCodec(codec, payloadType, codec.receiving?.(formatParameters(theirs.fmtp)));
}

function workerCodec(
  codec: AudioCodec,
  payloadType: number,
  coding: Pick<Codec, 'sampleRate' | 'implementation'> = codec,
): Codec {
  const { name, clockRate } = codec;
  const { sampleRate, implementation } = coding;
  return { name, payloadType, clockRate, sampleRate, implementation };
}

export function workerTelephoneEvent({ payloadType, clockRate }: PayloadFormat): TelephoneEvent {
  return { payloadType, clockRate: clockRate ?? 8000 };
}
