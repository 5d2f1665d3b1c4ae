import { type Static, Type } from 'typebox';

export const problemKinds = ['no-media', 'silence', 'not-heard', 'send-refused', 'no-reports'] as const;
export type ProblemKind = (typeof problemKinds)[number];

/** Something that keeps the parties of a call from hearing each other. */
export const MediaProblem = Type.Object(
  {
    kind: Type.Enum([...problemKinds], {
      description: [
        'no-media: no packets come from the far end',
        'silence: packets come, and there is nothing to hear in them',
        'not-heard: the far end reports by RTCP that it receives nothing of us',
        'send-refused: our packets are refused, as nobody listens where they go',
        "no-reports: the far end's RTCP has stopped",
      ].join('; '),
    }),
    direction: Type.Enum(['received', 'sent'], { description: 'from our side' }),
    hop: Type.Enum(['far-end', 'network', 'unknown'], {
      description:
        'where it is lost: the far end does not send (or not listen), or the network between it and us; unknown until it reports',
    }),
    since: Type.Integer({ description: 'milliseconds since 1970' }),
  },
  { additionalProperties: false },
);
export type MediaProblem = Static<typeof MediaProblem>;
