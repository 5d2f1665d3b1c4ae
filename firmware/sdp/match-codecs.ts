import type { AudioCodec } from '../../pipelines/codecs/audio-codec.ts';
import { type CommonCodec, commonCodecs, noCommonCodec } from './common-codecs.ts';
import type { MediaDescription, PayloadFormat } from './session-description.ts';

/** How to choose among what both have. */
export interface Choice {
  /** What may be agreed on, best first. */
  readonly codecs: readonly AudioCodec[];
  /** Whose order counts. Default theirs (RFC 3264 §6.1 SHOULD). */
  readonly order?: 'theirs' | 'ours';
  /** One of the codecs that goes before any order, and why. */
  readonly preferred?: { readonly codec: AudioCodec; readonly why: string };
}

export interface Match {
  /** What is sent. */
  readonly first: CommonCodec;
  /** All that both have, the first one first. */
  readonly common: readonly CommonCodec[];
  /** Why the first one is. */
  readonly reason: string;
}

/**
 * The one place that decides which codec is spoken.
 * @param how whether the far end has offered these codecs or answered an offer of ours
 * @throws CrosspointError sdp.no-common-codec
 */
export function matchCodecs(theirs: MediaDescription, choice: Choice, how: 'offered' | 'answered'): Match {
  const { codecs, order = 'theirs', preferred } = choice;
  const common = commonCodecs(theirs, codecs);
  if (order === 'ours') common.sort((one, other) => codecs.indexOf(one.codec) - codecs.indexOf(other.codec));
  const wanted = common.findIndex(({ codec }) => codec === preferred?.codec);
  if (wanted > 0) common.unshift(...common.splice(wanted, 1));
  const [first] = common;
  if (!first) throw noCommonCodec(theirs, codecs, how);
  return { first, common, reason: reasonOf(first, theirs, choice, how, wanted >= 0) };
}

function reasonOf(
  { codec, format }: CommonCodec,
  theirs: MediaDescription,
  { codecs, order = 'theirs', preferred }: Choice,
  how: 'offered' | 'answered',
  wanted: boolean,
): string {
  if (wanted && preferred) return `${codec.name}: ${preferred.why}`;
  if (order === 'ours') {
    const before = codecs.slice(0, codecs.indexOf(codec)).map(({ name }) => name);
    return `${codec.name}: the first of our list that is ${how}${passedOver(before, `not ${how}`)}`;
  }
  const before = theirs.payloads.slice(0, theirs.payloads.indexOf(format)).map(nameOf);
  return `${codec.name}: the first that is ${how} and that we have here${passedOver(before, 'not in our list')}`;
}

const MAX_SHOWN = 8;

function passedOver(names: readonly string[], why: string): string {
  return names.length === 0 ? '' : `; before it, ${why}: ${[...new Set(names)].slice(0, MAX_SHOWN).join(', ')}`;
}

function nameOf({ name, payloadType }: PayloadFormat): string {
  return name?.slice(0, 32) ?? `payload type ${payloadType}`;
}
