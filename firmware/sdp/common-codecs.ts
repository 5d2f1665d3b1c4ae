import type { AudioCodec } from '../../pipelines/codecs/audio-codec.ts';
import { COMFORT_NOISE } from '../../pipelines/codecs/comfort-noise.ts';
import { TELEPHONE_EVENT } from '../../pipelines/codecs/telephone-event.ts';
import { CrosspointError } from '../base/errors.ts';
import { isCodec, isDecodable } from './codec-table.ts';
import { MAX_CODECS } from './payload-numbers.ts';
import { isSameStream } from './relay-codecs.ts';
import type { MediaDescription, PayloadFormat } from './session-description.ts';

/** A codec of ours that a description has, with the format that it gives it. */
export interface CommonCodec {
  codec: AudioCodec;
  format: PayloadFormat;
}

/** In the order of the description (RFC 3264 §6.1); a codec listed twice counts once. */
export function commonCodecs(media: MediaDescription, ours: readonly AudioCodec[]): CommonCodec[] {
  const common: CommonCodec[] = [];
  for (const format of media.payloads) {
    // Undecoded, the parameters count as well: AMR comes in two packings.
    const codec = ours.find(each => (isDecodable(each) ? isCodec(format, each) : isSameStream(format, each)));
    if (codec && !common.some(known => known.codec === codec)) common.push({ codec, format });
  }
  return common.slice(0, MAX_CODECS);
}

const EVENT_CLOCKS = [8000, 16_000, 48_000];

/** telephone-event as a description has it, once for each clock rate. */
export function telephoneEventsOf(media: MediaDescription): PayloadFormat[] {
  const { name, channels } = TELEPHONE_EVENT;
  const found = EVENT_CLOCKS.flatMap(
    clockRate => media.payloads.find(format => isCodec(format, { name, channels, clockRate })) ?? [],
  );
  return media.payloads.filter(format => found.includes(format));
}

/** The events that go with these codecs: of their clock rates (RFC 4733 §2.1), else the ones of 8000 that many write with any. */
export function eventsBeside(events: readonly PayloadFormat[], clockRates: readonly number[]): PayloadFormat[] {
  const alike = events.filter(({ clockRate }) => clockRate !== null && clockRates.includes(clockRate));
  return alike.length > 0 ? alike : events.filter(({ clockRate }) => clockRate === TELEPHONE_EVENT.clockRate);
}

export function comfortNoiseOf(media: MediaDescription): PayloadFormat | null {
  return media.payloads.find(format => isCodec(format, COMFORT_NOISE)) ?? null;
}

const MAX_SHOWN = 16;

/** The audio formats of a description, by name. */
export function formatNames(media: MediaDescription): string[] {
  return media.payloads
    .filter(({ name }) => !/^(?:telephone-event|CN)$/i.test(name ?? ''))
    .slice(0, MAX_SHOWN)
    .map(({ name, clockRate, channels, payloadType }) => {
      if (name === null) return `payload type ${payloadType}`;
      return `${name.slice(0, 32)}/${clockRate}${channels > 1 ? `/${channels}` : ''}`;
    });
}

interface NamedCodec {
  readonly name: string;
  readonly clockRate?: number;
  readonly channels?: number;
}

/** Ours, for the refusals; in full where the name does not say what has to be written: Opus is `/48000/2`, whatever is in it. */
export function codecNames(ours: readonly NamedCodec[]): string[] {
  return ours.map(({ name, clockRate, channels = 1 }) => (channels > 1 ? `${name}/${clockRate}/${channels}` : name));
}

/** A refusal that has both lists, so that whoever configures the far end knows what to switch on. */
export class NoCommonCodec extends CrosspointError {
  /** By name. */
  readonly theirs: readonly string[];
  readonly ours: readonly string[];

  constructor(message: string, theirs: readonly string[], ours: readonly string[]) {
    super('sdp.no-common-codec', `no audio codec in common – ${message}`);
    this.theirs = theirs;
    this.ours = ours;
  }
}

export function noCommonCodec(
  media: MediaDescription,
  ours: readonly AudioCodec[],
  how: 'offered' | 'answered',
): NoCommonCodec {
  const theirs = formatNames(media);
  const names = codecNames(ours);
  return new NoCommonCodec(`${how}: ${listed(theirs)}; we have: ${listed(names)}`, theirs, names);
}

export function listed(names: readonly string[]): string {
  return names.join(', ') || 'none';
}
