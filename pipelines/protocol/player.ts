/** Announcements and tones: what is played, to whom, how. */
import { type Static, Type } from 'typebox';
import { Tone } from './leg-media.ts';
import { closed } from './schema.ts';

const PlayerId = Type.String({ minLength: 1, maxLength: 64, description: 'chosen by the firmware, one of a kind' });
const Ms = (maximum: number, description: string) => Type.Integer({ minimum: 0, maximum, description });

export const PlayTo = Type.Union([
  Type.Object(
    { leg: Type.String({ minLength: 1, maxLength: 64 }) },
    { ...closed, description: 'its far end alone hears it; it waits while the leg may not send' },
  ),
  Type.Object(
    { session: Type.String({ minLength: 1, maxLength: 256 }) },
    { ...closed, description: 'everybody in it hears it' },
  ),
]);
export type PlayTo = Static<typeof PlayTo>;

export const PlaySource = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('file'),
      directory: Type.String({ minLength: 1, maxLength: 4096 }),
      file: Type.String({
        minLength: 1,
        maxLength: 1024,
        description:
          'regular file below the directory, of any format that GStreamer reads; what leads out of it (a link, "..", an absolute path) is refused',
      }),
    },
    closed,
  ),
  Type.Object({ kind: Type.Literal('tone'), ...Tone }, closed),
]);
export type PlaySource = Static<typeof PlaySource>;

/** All that can be said of how it is heard. */
export const playManner = {
  levelDb: Type.Optional(Type.Number({ minimum: -60, maximum: 20, description: 'default 0: as it is' })),
  fadeInMs: Type.Optional(Ms(1000, 'default 0')),
  fadeOutMs: Type.Optional(Ms(1000, 'before the end, default 0; what is cut short fades for 5 ms at least')),
  loops: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1000,
      description: 'how often a file is played, default 1; 0: until it is stopped',
    }),
  ),
  under: Type.Optional(
    Type.Union([Type.Literal('keep'), Type.Literal('duck'), Type.Literal('replace')], {
      description: 'what becomes of that which is heard anyway, default keep; goes over within 20 ms',
    }),
  ),
  duckDb: Type.Optional(Type.Number({ minimum: -60, maximum: 0, description: 'level of what is ducked, default -18' })),
  maxMs: Type.Optional(
    Type.Integer({ minimum: 20, maximum: 21_600_000, description: 'no longer than this, default six hours' }),
  ),
  waitMs: Type.Optional(
    Ms(10_000, 'it begins when the far end is heard of, or after this, default 500: so no first word is lost'),
  ),
} as const;

export const PlayerStart = Type.Object(
  { player: PlayerId, to: PlayTo, source: PlaySource, ...playManner },
  { ...closed, description: 'answered at once; player.started and player.ended tell the rest' },
);
export type PlayerStart = Static<typeof PlayerStart>;

export const PlayerStop = Type.Object(
  { player: PlayerId, to: PlayTo, fadeOutMs: Type.Optional(Ms(1000, 'default 0, which is 5')) },
  closed,
);

export const PlayerStarted = Type.Object({ player: PlayerId }, closed);

export const PlayerEnded = Type.Object(
  {
    player: PlayerId,
    reason: Type.Union([
      Type.Literal('finished'),
      Type.Literal('stopped'),
      Type.Literal('limit', { description: 'maxMs' }),
      Type.Literal('failed', { description: 'code and message say why' }),
      Type.Literal('closed', { description: 'the leg or session that it played into is gone' }),
    ]),
    playedMs: Type.Number(),
    code: Type.Optional(Type.String()),
    message: Type.Optional(Type.String()),
  },
  closed,
);
export type PlayerEnded = Static<typeof PlayerEnded>;
