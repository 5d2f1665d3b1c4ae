import { type TSchema, Type } from 'typebox';
import { ErrorBody } from '../error-body.ts';

/** Some libraries write null for what is absent. */
export const optional = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));

const Id = Type.String({ minLength: 1, maxLength: 256 });

export const ProjectPath = Type.Object({ apiKey: Id });
export const SessionPath = Type.Object({ apiKey: Id, sessionId: Id });
export const ConnectionPath = Type.Object({ apiKey: Id, sessionId: Id, connectionId: Id });
export const StreamPath = Type.Object({ apiKey: Id, sessionId: Id, streamId: Id });

/** Every answer that is not 2xx. */
export const failures = { '4xx': ErrorBody, '5xx': ErrorBody };

export const Digits = Type.Object({
  digits: Type.String({ pattern: '^[0-9*#p]{1,64}$', description: 'p is a pause of 500 ms' }),
});

export const SessionForm = Type.Object({
  archiveMode: optional(Type.Union([Type.Literal('manual'), Type.Literal('always')])),
  'p2p.preference': optional(Type.Union([Type.Literal('enabled'), Type.Literal('disabled')])),
  location: optional(Type.String({ maxLength: 256 })),
});

export const CreatedSessions = Type.Array(
  Type.Object({
    session_id: Type.String(),
    project_id: Type.String(),
    partner_id: Type.String(),
    create_dt: Type.String({ description: 'as in "Fri Nov 18 15:50:36 UTC 2016"' }),
    session_status: Type.Null(),
    media_server_url: Type.String(),
  }),
);

export const DialBody = Type.Object({
  sessionId: Id,
  token: Type.String({ minLength: 1 }),
  sip: Type.Object({
    uri: Type.String({ minLength: 1, maxLength: 1024 }),
    from: optional(Type.String({ maxLength: 256 })),
    headers: optional(Type.Record(Type.String(), Type.String())),
    auth: optional(
      Type.Object({
        username: Type.String({ minLength: 1, maxLength: 255 }),
        password: Type.String({ maxLength: 255 }),
      }),
    ),
    secure: optional(Type.Boolean()),
    video: optional(Type.Boolean()),
    observeForceMute: optional(Type.Boolean()),
    streams: optional(Type.Array(Type.String({ maxLength: 256 }), { maxItems: 1000 })),
  }),
});

export const DialAnswer = Type.Object({
  id: Type.String(),
  connectionId: Type.String(),
  streamId: Type.String(),
  projectId: Type.String(),
  sessionId: Type.String(),
  createdAt: Type.Integer({ description: 'milliseconds since 1970' }),
  updatedAt: Type.Integer(),
});

export const StreamItem = Type.Object({
  id: Type.String(),
  videoType: Type.Union([Type.Literal('camera'), Type.Literal('screen'), Type.Literal('custom')]),
  name: Type.String(),
  layoutClassList: Type.Array(Type.String()),
});

const StreamIds = optional(Type.Array(Type.String({ maxLength: 256 }), { maxItems: 1000 }));

/** The SDKs name the streams to be left out each in its own way: opentok's documentation, @vonage/video, opentok's source. */
export const MuteBody = Type.Object({
  active: optional(Type.Boolean({ description: 'default true; false: whoever comes later is not muted any more' })),
  excludedStreams: StreamIds,
  excludedStreamIds: StreamIds,
  excudedStreamIds: StreamIds,
});

export const SignalBody = Type.Object({
  type: optional(Type.String({ description: 'at most 128 bytes' })),
  data: optional(Type.String({ description: 'at most 8 kB' })),
});

export const MutedProject = Type.Object({
  id: Type.String(),
  status: Type.Literal('ACTIVE'),
  name: Type.String(),
  environment: Type.Literal('standard'),
  createdAt: Type.Integer({ description: 'milliseconds since 1970' }),
});

export const StreamList = Type.Object({ count: Type.Integer(), items: Type.Array(StreamItem) });
