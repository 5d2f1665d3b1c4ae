import { type Static, Type } from 'typebox';
import { closed, group } from './schema-parts.ts';

const Locale = (options: { description: string; default?: string }) =>
  Type.String({
    pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$',
    expected: 'a language tag such as en or de-AT',
    ...options,
  });

const Directory = (description: string) =>
  Type.String({ minLength: 1, maxLength: 1024, expected: 'the path of a directory', description });

export const AnnouncementsSchema = Type.Object(
  {
    directories: Type.Array(Directory('directory'), {
      maxItems: 32,
      default: [],
      description:
        'files that the operator may have played lie in or below these, looked for in this order; none: no files',
    }),
    locale: Locale({
      default: 'en',
      description: 'language of what the box says to callers; what it lacks is said in English',
    }),
    packs: Type.Array(
      Type.Object(
        {
          locale: Locale({ description: 'language' }),
          directory: Directory(
            'recordings that replace the built-in ones of that language, one by one: muted, unmuted and muted-by-moderator with any ending (muted.ogg), in any format that GStreamer reads',
          ),
        },
        closed,
      ),
      { maxItems: 32, default: [], description: 'recordings of your own' },
    ),
  },
  group,
);

export type AnnouncementsConfig = Static<typeof AnnouncementsSchema>;
