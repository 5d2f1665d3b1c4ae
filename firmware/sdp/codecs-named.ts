import type { AudioCodec } from '../../pipelines/codecs/audio-codec.ts';
import { AUDIO_CODECS } from '../../pipelines/codecs/codecs.ts';
import { CrosspointError } from '../base/errors.ts';
import { RELAY_CODECS } from './relay-codecs.ts';

const KNOWN: readonly AudioCodec[] = [...AUDIO_CODECS, ...RELAY_CODECS];

/** Names that a list of codecs may hold, each once: first those that we can decode. */
export const CODEC_NAMES: readonly string[] = [...new Set(KNOWN.map(({ name }) => name))];

/** Names of those that we can decode. */
export const DECODED_NAMES: readonly string[] = [...new Set(AUDIO_CODECS.map(({ name }) => name))];

/**
 * A trunk's list of codecs, in its order, names in any case. Those that we cannot decode count for bridges alone.
 * @throws CrosspointError sdp.codec-unknown
 */
export function codecsNamed(names: readonly string[]): AudioCodec[] {
  const codecs = names.flatMap(wanted => {
    const found = KNOWN.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
    if (found.length > 0) return found;
    throw new CrosspointError(
      'sdp.codec-unknown',
      `there is no codec ${JSON.stringify(wanted.slice(0, 40))}; there are: ${CODEC_NAMES.join(', ')}`,
    );
  });
  return [...new Set(codecs)];
}
