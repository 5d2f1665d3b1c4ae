import { type Static, type TSchema, Type } from 'typebox';
import { callStates } from '../../calls/state.ts';
import { ArchiveView } from '../../sessions/archives/archive-view.ts';
import { videoTypes } from '../../sessions/notices.ts';

/*
 * What webhooks are sent (CONTRACT §1.11–1.13): a schema for each event. docs/webhooks.md is generated from this file.
 */

const Time = (description: string) => Type.Integer({ description: `${description}, milliseconds since 1970` });
const nullable = <T extends TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description });

const common = {
  sessionId: Type.String(),
  projectId: Type.String({ description: 'API key or application id' }),
  timestamp: Time('when it happened'),
};

const call = {
  ...common,
  sessionId: nullable(Type.String(), 'null of a call that is in no session'),
  call: Type.Object({
    id: Type.String(),
    connectionId: nullable(Type.String(), 'null of a call that is in no session'),
    createdAt: Time('when the call began'),
  }),
};
const CallCreated = Type.Object({ event: Type.Literal('callCreated'), ...call });
const CallUpdated = Type.Object({
  event: Type.Literal('callUpdated'),
  ...call,
  state: Type.Enum([...callStates], { description: 'the state that it is in now' }),
});
const MuteForced = Type.Object({
  event: Type.Literal('muteForced', {
    description: 'a moderator has muted a call that was dialled with observeForceMute',
  }),
  ...call,
});
const CallDestroyed = Type.Object({
  event: Type.Literal('callDestroyed'),
  ...call,
  reason_code: Type.String({
    description:
      'SIP status of an INVITE that failed, or 700 normal clearing, 703 unexpected clearing, 704 media never came, 705 longest duration, 706 media stopped, 707 DTLS-SRTP failed',
  }),
  reason_message: Type.String(),
});

const Connection = Type.Object({
  id: Type.String(),
  createdAt: Time('when it connected'),
  data: Type.String({ description: 'connection_data of its token' }),
});
const Stream = Type.Object({
  id: Type.String(),
  createdAt: Time('when it was published'),
  name: Type.String(),
  videoType: Type.Optional(Type.Enum([...videoTypes], { description: 'absent of sound alone' })),
  connection: Connection,
});
const connectionEnds = 'clientDisconnected, forceDisconnected or networkDisconnected';
const SessionCreated = Type.Object({ event: Type.Literal('sessionCreated'), ...common });
const SessionDestroyed = Type.Object({ event: Type.Literal('sessionDestroyed'), ...common });
const ConnectionCreated = Type.Object({ event: Type.Literal('connectionCreated'), ...common, connection: Connection });
const ConnectionDestroyed = Type.Object({
  event: Type.Literal('connectionDestroyed'),
  ...common,
  connection: Connection,
  reason: Type.String({ description: connectionEnds }),
});
const StreamCreated = Type.Object({ event: Type.Literal('streamCreated'), ...common, stream: Stream });
const StreamDestroyed = Type.Object({
  event: Type.Literal('streamDestroyed'),
  ...common,
  stream: Stream,
  reason: Type.String({ description: `${connectionEnds}, forceUnpublished or mediaStopped` }),
});
const ArchiveStatus = Type.Object({
  event: Type.Literal('archive'),
  ...ArchiveView.properties,
  url: Type.Null({ description: 'a link is a credential: GET the archive for one' }),
  partnerId: Type.String({ description: 'projectId by its older name' }),
  timestamp: Time('when it got that status'),
});

/** By who is told: the webhook for calls, that for sessions, registered callbacks. */
export const webhookBodies = {
  call: [CallCreated, CallUpdated, MuteForced, CallDestroyed],
  session: [SessionCreated, ConnectionCreated, StreamCreated, StreamDestroyed, ConnectionDestroyed, SessionDestroyed],
  archive: [ArchiveStatus],
} as const;

export const WebhookBody = Type.Union([
  CallCreated,
  CallUpdated,
  MuteForced,
  CallDestroyed,
  SessionCreated,
  SessionDestroyed,
  ConnectionCreated,
  ConnectionDestroyed,
  StreamCreated,
  StreamDestroyed,
  ArchiveStatus,
]);
export type WebhookBody = Static<typeof WebhookBody>;
