import { Type } from 'typebox';
import { VideoSize } from '../../../pipelines/protocol/video.ts';
import { ErrorBody } from '../error-body.ts';

/** Session ids are opaque here: the lookup decides. */
export const SessionPath = Type.Object({ sessionId: Type.String() });

export const ResourcePath = Type.Object({ sessionId: Type.String(), resourceId: Type.String() });

const Switch = (meaning: string) =>
  Type.Union([Type.Literal('true'), Type.Literal('false')], { description: `false: ${meaning}` });

export const WhipQuery = Type.Object({
  name: Type.Optional(Type.String({ maxLength: 200, description: "the stream's name" })),
  videoType: Type.Optional(Type.Union([Type.Literal('camera'), Type.Literal('screen'), Type.Literal('custom')])),
  videoDimensions: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,3}x[1-9][0-9]{0,3}$', description: '640x480' })),
  hasAudio: Type.Optional(Switch('the microphone is off at first')),
  hasVideo: Type.Optional(Switch('the camera is off at first')),
});

export const WhepQuery = Type.Object({
  stream: Type.Optional(Type.String({ maxLength: 64, description: 'absent: the mix of the session' })),
});

/** What a subscriber wants of what it was given (a merge patch, RFC 7396). */
export const SubscriptionPatch = Type.Object(
  {
    video: Type.Optional(Type.Boolean({ description: 'false: it is sent no picture until it wants one again' })),
    preferredResolution: Type.Optional(
      Type.Union([VideoSize, Type.Null()], {
        description: 'of the layers of simulcast the smallest that is as large; null: the largest that the way carries',
      }),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
);

export const failures = { '4xx': ErrorBody, '5xx': ErrorBody } as const;
