import type { AudioCodec } from '../../pipelines/codecs/audio-codec.ts';
import { AUDIO_CODECS } from '../../pipelines/codecs/codecs.ts';
import { isCodec } from './codec-table.ts';
import type { PayloadFormat } from './session-description.ts';

const relayed = (name: string, clockRate: number, payloadType: number): AudioCodec => ({
  name,
  payloadType,
  clockRate,
  channels: 1,
  sampleRate: clockRate,
  implementation: 'relay',
  fmtp: null,
});

/**
 * Codecs that we cannot decode, and that a bridge passes between two sides that both have them. Never offered on our
 * own account: the number and the parameters are always those of the side that has the codec.
 */
export const RELAY_CODECS: readonly AudioCodec[] = [
  relayed('iLBC', 8000, 97),
  relayed('AMR-WB', 16_000, 98),
  relayed('AMR', 8000, 99),
  relayed('speex', 32_000, 102),
  relayed('G726-32', 8000, 105),
  relayed('GSM', 8000, 3),
  relayed('G723', 8000, 4),
  relayed('G728', 8000, 15),
];

/** What a format of a description is to us: a codec of ours, else something to pass on; null when it is no audio. */
export function codecOf(format: PayloadFormat): AudioCodec | null {
  const { name, clockRate, channels, payloadType, fmtp } = format;
  if (name === null || clockRate === null || /^(?:telephone-event|CN|red)$/i.test(name)) return null;
  const known = AUDIO_CODECS.find(codec => isCodec(format, codec));
  return known ?? { name, payloadType, clockRate, channels, sampleRate: clockRate, implementation: 'relay', fmtp };
}

/** Parameters in which both ends of an undecoded stream must agree, with what their absence means. */
const BINDING: ReadonlyMap<string, readonly (readonly [name: string, absent: string])[]> = new Map([
  ['amr', [['octet-align', '0']]],
  ['amr-wb', [['octet-align', '0']]],
]);

/** Whether packets of the one can be passed on as the other (RFC 4867 §8.3.1). */
export function isSameStream(one: PayloadFormat, other: PayloadFormat): boolean {
  const { name, clockRate, channels } = one;
  if (name === null || clockRate === null || !isCodec(other, { name, clockRate, channels })) return false;
  const binding = BINDING.get(name.toLowerCase()) ?? [];
  return binding.every(([key, absent]) => parameter(one, key, absent) === parameter(other, key, absent));
}

function parameter({ fmtp }: PayloadFormat, key: string, absent: string): string {
  for (const pair of (fmtp ?? '').split(';')) {
    const [name = '', value = ''] = pair.split('=', 2);
    if (name.trim().toLowerCase() === key) return value.trim();
  }
  return absent;
}
