import { type TSchema, Type } from 'typebox';
import { ErrorBody } from '../error-body.ts';

/** Some libraries write null for what is absent. */
export const optional = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));

const Id = (description: string) => Type.String({ minLength: 1, maxLength: 256, description });

const ApiKey = Id('the API key of the project, or the id of the application');
const SessionId = Id('of a session of that project');

export const ProjectPath = Type.Object({ apiKey: ApiKey });
export const SessionPath = Type.Object({ apiKey: ApiKey, sessionId: SessionId });
export const ConnectionPath = Type.Object({
  apiKey: ApiKey,
  sessionId: SessionId,
  connectionId: Id('of somebody in that session'),
});
export const StreamPath = Type.Object({
  apiKey: ApiKey,
  sessionId: SessionId,
  streamId: Id('of a stream of that session'),
});

/** Every answer that is not 2xx. */
export const failures = { '4xx': ErrorBody, '5xx': ErrorBody };

export const Digits = Type.Object({
  digits: Type.String({ pattern: '^[0-9*#p]{1,64}$', description: 'at most 64; p is a pause of 500 ms' }),
});

export const SessionForm = Type.Object({
  archiveMode: optional(
    Type.Union([Type.Literal('manual'), Type.Literal('always')], { description: 'default manual' }),
  ),
  'p2p.preference': optional(
    Type.Union([Type.Literal('enabled'), Type.Literal('disabled')], {
      description: 'disabled: the session is routed, and can be dialled into; default enabled',
    }),
  ),
  location: optional(Type.String({ maxLength: 256, description: 'an IPv4 address; anything else counts as none' })),
});

export const CreatedSessions = Type.Array(
  Type.Object({
    session_id: Type.String(),
    project_id: Type.String({ description: 'the API key or application id' }),
    partner_id: Type.String({ description: 'the same' }),
    create_dt: Type.String({ description: 'as in "Fri Nov 18 15:50:36 UTC 2016"' }),
    session_status: Type.Null(),
    media_server_url: Type.String({ description: 'empty' }),
  }),
);

/** As many as a leg of the media worker can be told to hear. */
const MAX_HEARD_STREAMS = 64;

export const DialBody = Type.Object({
  sessionId: SessionId,
  token: Type.String({ minLength: 1, description: 'of the participant that the phone is to be' }),
  sip: Type.Object({
    uri: Type.String({
      minLength: 1,
      maxLength: 1024,
      description: 'sip: or sips:user@host[:port][;transport=udp|tcp|tls]; the scheme may be missing',
    }),
    from: optional(
      Type.String({
        maxLength: 256,
        description: 'user@host; the far end sees a user that is a number, else +00000000',
      }),
    ),
    headers: optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'of the INVITE; names start with X-, at most 32, 4096 bytes in all',
      }),
    ),
    auth: optional(
      Type.Object(
        {
          username: Type.String({ minLength: 1, maxLength: 255 }),
          password: Type.String({ maxLength: 255 }),
        },
        { description: 'for a far end that asks (401, 407)' },
      ),
    ),
    secure: optional(Type.Boolean({ description: 'media by SRTP, or no call' })),
    video: optional(Type.Boolean({ description: 'true is answered 501: there is none yet' })),
    observeForceMute: optional(
      Type.Boolean({ description: 'moderators and the keys *6 mute it; default false: both are ignored' }),
    ),
    streams: optional(
      Type.Array(Type.String({ maxLength: 256 }), {
        maxItems: MAX_HEARD_STREAMS,
        description: 'ids: these alone it hears, also those that come later; of nobody’s nothing is made; absent: all',
      }),
    ),
  }),
});

export const DialAnswer = Type.Object({
  id: Type.String({ description: 'of the call' }),
  connectionId: Type.String(),
  streamId: Type.String(),
  projectId: Type.String(),
  sessionId: Type.String(),
  createdAt: Type.Integer({ description: 'milliseconds since 1970' }),
  updatedAt: Type.Integer({ description: 'milliseconds since 1970' }),
});

export const StreamItem = Type.Object({
  id: Type.String(),
  videoType: Type.Union([Type.Literal('camera'), Type.Literal('screen'), Type.Literal('custom')], {
    description: 'camera for a phone, too',
  }),
  name: Type.String({ description: 'empty for a phone' }),
  layoutClassList: Type.Array(Type.String(), { description: 'at first that of the token' }),
});

/** The SDKs' own limits are of a token's text: 1024 characters in all. */
const LayoutClasses = Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
  maxItems: 64,
  description: 'kept and told; nothing is laid out by it yet',
});

export const ClassLists = Type.Object({
  items: Type.Array(
    Type.Object({ id: Id('of a stream; one that is not there has nothing changed'), layoutClassList: LayoutClasses }),
    { maxItems: 1000 },
  ),
});

const StreamIds = (description: string) =>
  optional(Type.Array(Type.String({ maxLength: 256 }), { maxItems: 1000, description }));

/** The SDKs name the streams to be left out each in its own way. */
export const MuteBody = Type.Object({
  active: optional(Type.Boolean({ description: 'default true; false: whoever comes later is not muted any more' })),
  excludedStreams: StreamIds('ids of streams that are not muted, as in the documentation of opentok'),
  excludedStreamIds: StreamIds('the same, by @vonage/video'),
  excudedStreamIds: StreamIds('the same, in the source of opentok'),
});

export const SignalBody = Type.Object({
  type: optional(Type.String({ description: 'at most 128 bytes, else 413' })),
  data: optional(Type.String({ description: 'at most 8 kB, else 413' })),
});

export const MutedProject = Type.Object({
  id: Type.Optional(Type.String({ description: 'the API key; of an OpenTok project' })),
  applicationId: Type.Optional(Type.String({ description: 'of a Vonage application' })),
  status: Type.Literal('ACTIVE'),
  name: Type.String(),
  environment: Type.Literal('standard'),
  createdAt: Type.Integer({ description: 'milliseconds since 1970: when the box was started' }),
});

export const StreamList = Type.Object({ count: Type.Integer(), items: Type.Array(StreamItem) });
