import { Type } from 'typebox';
import { Choice, Count, group, Seconds } from './schema-parts.ts';

export const RecordingsSchema = Type.Object(
  {
    directory: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1024,
        description: 'folder of recordings, for the service alone; default: recordings in stateDir',
      }),
    ),
    format: Choice(['ogg', 'wav'], {
      default: 'ogg',
      description:
        'where the request says nothing: Opus in Ogg (14 MB an hour), or WAV (at 48 kHz 346 MB an hour, at most 4 GB a file)',
    }),
    sampleRate: Type.Unsafe<8000 | 16_000 | 48_000>(
      Type.Union([Type.Literal(8000), Type.Literal(16_000), Type.Literal(48_000)], {
        default: 48_000,
        description: 'Hz; telephones say nothing above 4 or 8 kHz, so that 16000 is enough for them',
      }),
    ),
    maxSeconds: Seconds(14_400, 'longest recording'),
    maxAgeDays: Count(30, 3650, 'recordings are deleted when they are so old'),
    maxBytes: Type.Integer({
      minimum: 1_000_000,
      maximum: Number.MAX_SAFE_INTEGER,
      default: 10_000_000_000,
      description: 'of all recordings that are over; beyond it the oldest are deleted',
    }),
  },
  group,
);
