import { type Static, type TProperties, type TSchema, Type } from 'typebox';
import { MediaFigures } from '../../quality/call-media.ts';
import { digitSources, type Notice, phoneStates, videoTypes } from '../../sessions/notices.ts';

/*
 * Every message of the event channel (docs/webrtc.md): JSON objects, one a WebSocket message, subprotocol crosspoint.v1.
 * What the box sends carries `n` (1, 2, 3 … of each connection) and `time` (milliseconds since 1970) beside.
 */

export const SUBPROTOCOL = 'crosspoint.v1';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Id = Type.String({ minLength: 1, maxLength: 64 });
const Time = Type.Integer({ description: 'milliseconds since 1970' });

export const Connection = Type.Object({
  id: Id,
  createdAt: Time,
  data: Type.String({ description: 'connection_data of the token' }),
  kind: Type.Enum(['client', 'phone']),
  phone: nullable(Type.Object({ number: Type.String(), state: Type.Enum([...phoneStates]) })),
});

const VideoDimensions = Type.Object({
  width: Type.Integer({ minimum: 1, maximum: 16_384 }),
  height: Type.Integer({ minimum: 1, maximum: 16_384 }),
});

export const Stream = Type.Object({
  id: Id,
  connectionId: Id,
  createdAt: Time,
  name: Type.String(),
  videoType: nullable(Type.Enum([...videoTypes])),
  videoDimensions: nullable(VideoDimensions),
  hasAudio: Type.Boolean(),
  hasVideo: Type.Boolean(),
  muted: Type.Boolean({ description: 'nobody hears it' }),
});

const PropertyValue = Type.Union([Type.Boolean(), Type.String(), VideoDimensions, Type.Null()]);

const endReasons = ['clientDisconnected', 'forceDisconnected', 'networkDisconnected'] as const;

const box = <const T extends string, P extends TProperties>(type: T, properties: P, description: string) =>
  Type.Object({ type: Type.Literal(type), ...properties }, { description });

const Capabilities = Type.Object({
  publish: Type.Boolean(),
  subscribe: Type.Boolean(),
  forceMute: Type.Boolean(),
  forceDisconnect: Type.Boolean(),
  forceUnpublish: Type.Boolean(),
  dial: Type.Boolean(),
});

/** What the box says. */
export const boxMessages = [
  box(
    'connected',
    {
      key: Type.String({ description: 'a secret: resumes this connection, and ties streams to it' }),
      connection: Connection,
      role: Type.String(),
      capabilities: Capabilities,
      connections: Type.Array(Connection, { description: 'who is in the session, this client included' }),
      streams: Type.Array(Stream),
      muted: Type.Boolean({ description: 'whoever begins to publish is muted' }),
      resumeSeconds: Type.Integer(),
    },
    'the first message of a connection',
  ),
  box('resumed', {}, 'the first one of a resumed channel; what was missed follows'),
  box('connectionCreated', { connection: Connection }, 'somebody came'),
  box('connectionChanged', { connection: Connection }, 'a phone rang, answered, was held'),
  box('connectionDestroyed', { connectionId: Id, reason: Type.Enum([...endReasons]) }, 'somebody left'),
  box('streamCreated', { stream: Stream }, 'somebody publishes'),
  box(
    'streamChanged',
    {
      streamId: Id,
      property: Type.Enum(['hasAudio', 'hasVideo', 'muted', 'name', 'videoDimensions']),
      oldValue: PropertyValue,
      newValue: PropertyValue,
    },
    'a stream is not what it was',
  ),
  box(
    'streamDestroyed',
    { streamId: Id, connectionId: Id, reason: Type.Enum([...endReasons, 'forceUnpublished', 'mediaStopped']) },
    'a stream ended',
  ),
  box(
    'digit',
    {
      connectionId: Id,
      digit: nullable(Type.String({ description: 'null unless tellDigits is set: it may be a PIN' })),
      durationMs: Type.Integer(),
      source: Type.Enum([...digitSources], { description: 'the way in which it was told of first' }),
    },
    'somebody has pressed a key',
  ),
  box(
    'signal',
    { from: nullable(Id), signalType: Type.String(), data: Type.String() },
    'of a connection, or (null) of the application',
  ),
  box(
    'muteForced',
    { active: Type.Boolean(), streamId: nullable(Id) },
    "a stream of this client was muted, or (null) the session's state alone has changed",
  ),
  box('forceDisconnected', {}, 'the channel closes with 4403'),
  box(
    'reply',
    {
      re: Type.Integer({ description: 'the id of the request' }),
      ok: Type.Optional(Type.Literal(true)),
      connectionId: Type.Optional(Id),
      streamId: Type.Optional(Id),
      quality: Type.Optional(nullable(MediaFigures)),
      error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
    },
    'ok with what was asked for, or the error',
  ),
] as const;

export type BoxMessage = Static<(typeof boxMessages)[number]>;
export type Reply = Omit<Extract<BoxMessage, { type: 'reply' }>, 'type' | 're'>;

/** Whatever the session tells its members is a message of the box as it is. */
export const messageOf = (notice: Notice): BoxMessage => notice;

/** The first message of a client. */
export const Connect = Type.Object({
  type: Type.Literal('connect'),
  token: Type.String({ maxLength: 16_000, description: 'a participant token' }),
  resume: Type.Optional(
    Type.Object({
      key: Type.String({ maxLength: 128 }),
      last: Type.Integer({ minimum: 0, description: 'n of the last message that came' }),
    }),
  ),
});

const RequestId = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'repeated in the reply' });

const request = <const T extends string, P extends TProperties>(type: T, properties: P, description: string) =>
  Type.Object({ type: Type.Literal(type), id: RequestId, ...properties }, { description });

/** What a client asks for. */
export const requests = {
  signal: request(
    'signal',
    {
      to: Type.Optional(Id),
      signalType: Type.Optional(Type.String({ description: 'at most 128 bytes' })),
      data: Type.Optional(Type.String({ description: 'at most 8 kB' })),
    },
    'to a connection, or to everybody, the sender too',
  ),
  setStream: request(
    'setStream',
    {
      streamId: Id,
      hasAudio: Type.Optional(Type.Boolean()),
      hasVideo: Type.Optional(Type.Boolean()),
      videoDimensions: Type.Optional(VideoDimensions),
    },
    'the microphone or camera of a stream of its own',
  ),
  forceMuteStream: request('forceMuteStream', { streamId: Id }, 'nobody hears that stream'),
  forceMuteAll: request(
    'forceMuteAll',
    {
      active: Type.Boolean({ description: 'false: whoever comes later is not muted any more' }),
      excludedStreams: Type.Optional(Type.Array(Id, { maxItems: 200 })),
    },
    'everybody, and whoever comes later',
  ),
  forceUnpublish: request('forceUnpublish', { streamId: Id }, "ends a client's stream"),
  forceDisconnect: request('forceDisconnect', { connectionId: Id }, 'of a client, or a phone: hangs it up'),
  dial: request(
    'dial',
    {
      uri: Type.Optional(Type.String({ minLength: 1, maxLength: 1024, description: 'as of the REST dial' })),
      number: Type.Optional(Type.String({ pattern: '^\\+?[0-9*#]{1,32}$' })),
      trunk: Type.Optional(
        Type.String({ minLength: 1, maxLength: 64, description: 'for a number, where there are several' }),
      ),
    },
    'a call into the session; answered with connectionId, streamId',
  ),
  hangUp: request('hangUp', { connectionId: Id }, 'of a phone'),
  hold: request('hold', { connectionId: Id, on: Type.Boolean() }, 'of a phone'),
  sendDigits: request(
    'sendDigits',
    { connectionId: Id, digits: Type.String({ pattern: '^[0-9*#p]{1,64}$' }) },
    'to a phone; p is a pause of 500 ms',
  ),
  mute: request('mute', { connectionId: Id, on: Type.Boolean() }, 'of a phone: nobody hears it'),
  quality: request(
    'quality',
    { connectionId: Type.Optional(Id), streamId: Type.Optional(Id) },
    'of a phone or a stream: the figures of its last interval, null before the first one',
  ),
  disconnect: request('disconnect', {}, 'leaves; the channel closes with 1000'),
  ping: request('ping', {}, 'nothing: that the client is there'),
};

export type RequestType = keyof typeof requests;
export type RequestOf<T extends RequestType> = Static<(typeof requests)[T]>;
export type ClientRequest = { [T in RequestType]: RequestOf<T> }[RequestType];
export type Connect = Static<typeof Connect>;
