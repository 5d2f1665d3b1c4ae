import type { AudioCodec } from './audio-codec.ts';
import { G722 } from './g722.ts';
import { G729 } from './g729.ts';
import { L16, L16_FULL, L16_WIDE } from './l16.ts';
import { OPUS } from './opus.ts';
import { PCMA } from './pcma.ts';
import { PCMU } from './pcmu.ts';
import { SPEEX, SPEEX_WIDE } from './speex.ts';

/** Every codec that the media worker decodes and encodes. This is the place to add one. */
export const AUDIO_CODECS: readonly AudioCodec[] = [
  PCMU,
  PCMA,
  G722,
  OPUS,
  SPEEX_WIDE,
  SPEEX,
  G729,
  L16_WIDE,
  L16,
  L16_FULL,
];

/** What is offered and taken where nothing else is configured, best first. */
export const DEFAULT_CODECS: readonly AudioCodec[] = [OPUS, G722, PCMU, PCMA];
