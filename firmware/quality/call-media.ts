import { type Static, type TSchema, Type } from 'typebox';
import { QualityFigures } from '../../pipelines/protocol/figures.ts';
import { MediaProblem } from './media-problem.ts';
import { Mos, receivedMos, sentMos } from './mos.ts';

const closed = { additionalProperties: false } as const;
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const { received, sent, ...whole } = QualityFigures.properties;

/** What was measured over a stretch of time, and how good it is. */
export const MediaFigures = Type.Object(
  {
    ...whole,
    received: Type.Object({ ...received.properties, mos: nullable(Mos) }, closed),
    sent: Type.Object({ ...sent.properties, mos: nullable(Mos) }, closed),
  },
  closed,
);
export type MediaFigures = Static<typeof MediaFigures>;

export function mediaFigures(figures: QualityFigures): MediaFigures {
  return {
    ...figures,
    // First what is added: with a spread first, V8 gives each object a hidden class of its own, 500 bytes a leg.
    received: { mos: receivedMos(figures), ...figures.received },
    sent: { mos: sentMos(figures), ...figures.sent },
  };
}

export const sides = ['first', 'second'] as const;
export const Side = Type.Enum([...sides], {
  description: 'first: the far end of a call in a session, or who called across a bridge; second: who was called',
});
export type Side = Static<typeof Side>;

/** Problems as they are told: of which side. */
export const SideProblem = Type.Object({ side: Side, ...MediaProblem.properties }, closed);
export type SideProblem = Static<typeof SideProblem>;

/** The last interval of one leg of a live call, and its call so far. */
export const LegMedia = Type.Object(
  { leg: Type.String(), side: Side, interval: MediaFigures, call: MediaFigures },
  closed,
);
export type LegMedia = Static<typeof LegMedia>;

/** What is kept of a call that is over. */
export const CallMediaRecord = Type.Object(
  {
    call: Type.String(),
    project: Type.String(),
    endedAt: Type.Integer({ description: 'milliseconds since 1970' }),
    legs: Type.Array(
      Type.Object(
        { leg: Type.String(), side: Side, call: nullable(MediaFigures) },
        { ...closed, description: 'in the order in which they closed; null figures: its worker was gone' },
      ),
    ),
    problems: Type.Array(
      Type.Object(
        { ...SideProblem.properties, until: Type.Integer({ description: 'milliseconds since 1970' }) },
        closed,
      ),
    ),
  },
  closed,
);
export type CallMediaRecord = Static<typeof CallMediaRecord>;
