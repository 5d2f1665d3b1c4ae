import { Type } from 'typebox';
import { ErrorBody } from '../error-body.ts';

/** Session ids are opaque here: the lookup decides. */
export const SessionPath = Type.Object({ sessionId: Type.String() });

export const ResourcePath = Type.Object({ sessionId: Type.String(), resourceId: Type.String() });

export const WhipQuery = Type.Object({
  name: Type.Optional(Type.String({ maxLength: 200, description: "the stream's name" })),
  videoType: Type.Optional(Type.Union([Type.Literal('camera'), Type.Literal('screen'), Type.Literal('custom')])),
});

export const WhepQuery = Type.Object({
  stream: Type.Optional(Type.String({ maxLength: 64, description: 'absent: the mix of the session' })),
});

export const failures = { '4xx': ErrorBody, '5xx': ErrorBody } as const;
