import { type Static, Type } from 'typebox';
import { Bytes, Count, group } from './schema-parts.ts';

/** What scripts say to callers. */
export const SpeechSchema = Type.Object(
  {
    language: Type.String({
      pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$',
      expected: 'a language tag such as en-GB or de',
      default: 'en-GB',
      description: 'of what scripts say where they name no language, or one that espeak-ng does not speak',
    }),
    maxCharacters: Count(4096, 20_000, 'longest text that is spoken at a time'),
    cacheBytes: Bytes(200_000_000, 'of texts that were spoken and are kept in stateDir (a minute has 2.6 MB)'),
  },
  group,
);
export type SpeechConfig = Static<typeof SpeechSchema>;

/** What scripts play to callers from their applications' servers. */
export const SoundsSchema = Type.Object(
  {
    maxBytes: Bytes(20_000_000, 'of one sound'),
    cacheBytes: Bytes(200_000_000, 'of all sounds that are kept in stateDir for a while'),
  },
  group,
);
export type SoundsConfig = Static<typeof SoundsSchema>;
