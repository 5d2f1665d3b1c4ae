import { type Static, type TSchema, Type } from 'typebox';
import { muters } from '../calls/events.ts';
import { pressedDigit } from '../calls/pressed-digit.ts';
import { callStates } from '../calls/state.ts';
import { enders } from '../calls/verdict.ts';
import { LegMedia, SideProblem } from '../quality/call-media.ts';
import { ArchiveView } from '../sessions/archives/archive-view.ts';
import { RecordingRecord } from '../sessions/recordings/recording.ts';

/*
 * Every MQTT topic and the payload on it (JSON, UTF-8).
 *
 *     crosspoint/<box>/project/<projectId>/call/<callId>/event        CallMessage      QoS 1
 *     crosspoint/<box>/project/<projectId>/call/<callId>/media        MediaMessage     QoS 0, every 5 s of an answered call
 *     crosspoint/<box>/project/<projectId>/session/<sessionId>/event  SessionMessage   QoS 1
 *     crosspoint/<box>/project/<projectId>/session/<sessionId>/recording  RecordingMessage  QoS 1
 *     crosspoint/<box>/project/<projectId>/session/<sessionId>/archive  ArchiveMessage  QoS 1
 *     crosspoint/<box>/status                                         StatusMessage    QoS 1, retained, last will
 *     crosspoint/<box>/telemetry                                      TelemetryMessage QoS 0, every 10 s
 *     crosspoint/<box>/trunk/<name>/state                             TrunkMessage     QoS 1, retained, on every change
 *
 * Events come at least once and in order per call and session: a message with an id seen before is the same event again.
 * The project stands in the topic so that a broker's access list can keep tenants apart.
 */

export function callTopic(box: string, project: string, call: string): string {
  return `${base(box)}/project/${level(project)}/call/${level(call)}/event`;
}

export function mediaTopic(box: string, project: string, call: string): string {
  return `${base(box)}/project/${level(project)}/call/${level(call)}/media`;
}

export function sessionTopic(box: string, project: string, session: string): string {
  return `${base(box)}/project/${level(project)}/session/${level(session)}/event`;
}

export function recordingTopic(box: string, project: string, session: string): string {
  return `${base(box)}/project/${level(project)}/session/${level(session)}/recording`;
}

export function archiveTopic(box: string, project: string, session: string): string {
  return `${base(box)}/project/${level(project)}/session/${level(session)}/archive`;
}

export function statusTopic(box: string): string {
  return `${base(box)}/status`;
}

export function telemetryTopic(box: string): string {
  return `${base(box)}/telemetry`;
}

export function trunkTopic(box: string, trunk: string): string {
  return `${base(box)}/trunk/${level(trunk)}/state`;
}

function base(box: string): string {
  return `crosspoint/${level(box)}`;
}

/** One level of a topic: separators and wildcards (MQTT 3.1.1 §4.7) in a name must not make it another topic. */
function level(name: string): string {
  return name.replace(/[/+#%\u0000]/g, encodeURIComponent);
}

const closed = { additionalProperties: false } as const;
const Time = (description: string) => Type.Integer({ description: `${description}, milliseconds since 1970` });
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** What every message carries. */
const header = {
  version: Type.Literal(1),
  id: Type.String({ description: 'UUID; the same event always has the same one' }),
  box: Type.String(),
  bootId: Type.String({ description: 'changes with every start of the service' }),
  sequence: Type.Integer({
    minimum: 0,
    description:
      'rises by one within a boot: one count for the events of all projects, one each for status, telemetry, media and the states of trunks',
  }),
  project: Type.String({ description: '"device" for what belongs to the box itself' }),
  time: Time('when it happened'),
};

const Call = Type.Object(
  {
    id: Type.String(),
    session: nullable(Type.String()),
    connection: nullable(Type.String()),
    createdAt: Time('when the call began'),
  },
  closed,
);

const CallCreatedMessage = Type.Object({ ...header, event: Type.Literal('callCreated'), call: Call }, closed);
const CallUpdatedMessage = Type.Object(
  { ...header, event: Type.Literal('callUpdated'), call: Call, state: Type.Enum([...callStates]) },
  closed,
);
const CallDestroyedMessage = Type.Object(
  {
    ...header,
    event: Type.Literal('callDestroyed'),
    call: Call,
    reason: Type.Object(
      {
        code: Type.String({ description: 'a SIP status, or one of 700, 703–707' }),
        message: Type.String(),
        retriable: Type.Boolean({ description: 'the same call can succeed later without being changed' }),
        endedBy: Type.Enum([...enders], { description: 'network: something between those who talk' }),
        detail: nullable(Type.String({ description: 'for a person: which timer ran out, what never came' })),
      },
      closed,
    ),
  },
  closed,
);
const CallMediaChangedMessage = Type.Object(
  {
    ...header,
    event: Type.Literal('callMediaChanged'),
    call: Call,
    present: Type.Boolean({ description: 'false: it is over; a problem may be told twice, once its hop is known' }),
    problem: SideProblem,
  },
  closed,
);
const CallMuteChangedMessage = Type.Object(
  {
    ...header,
    event: Type.Literal('callMuteChanged'),
    call: Call,
    muted: Type.Boolean({ description: 'nobody hears its far end' }),
    by: Type.Enum([...muters], {
      description: 'moderator: the application by force mute; participant: the phone with *6; operator: the device API',
    }),
  },
  closed,
);
const CallDigitMessage = Type.Object(
  { ...header, event: Type.Literal('callDigit'), call: Call, ...pressedDigit },
  closed,
);
const CallPlayEndedMessage = Type.Object(
  {
    ...header,
    event: Type.Literal('callPlayEnded'),
    call: Call,
    player: Type.String({ description: 'as the answer to POST /device/calls/{id}/play named it' }),
    reason: Type.Enum(['finished', 'stopped', 'limit', 'failed', 'closed', 'lost'], {
      description: 'limit: its maxMs; closed: what it played into is gone; lost: the media worker went',
    }),
    playedMs: Type.Integer({ minimum: 0 }),
  },
  closed,
);
export const CallMessage = Type.Union([
  CallCreatedMessage,
  CallUpdatedMessage,
  CallMediaChangedMessage,
  CallMuteChangedMessage,
  CallDigitMessage,
  CallPlayEndedMessage,
  CallDestroyedMessage,
]);
export type CallMessage = Static<typeof CallMessage>;

/**
 * What was measured of an answered call's media in the last five seconds, and since its legs were opened. All calls have
 * the same intervals, so the first one of a call is shorter.
 */
export const MediaMessage = Type.Object({ ...header, call: Call, legs: Type.Array(LegMedia) }, closed);
export type MediaMessage = Static<typeof MediaMessage>;

const Connection = Type.Object({ id: Type.String(), createdAt: Time('when it connected') }, closed);
const Stream = Type.Object(
  { id: Type.String(), createdAt: Time('when it was published'), name: Type.String() },
  closed,
);
const sessionHeader = { ...header, session: Type.String() };
const SessionItselfMessage = Type.Object(
  { ...sessionHeader, event: Type.Enum(['sessionCreated', 'sessionDestroyed']) },
  closed,
);
const ConnectionMessage = Type.Object(
  {
    ...sessionHeader,
    event: Type.Enum(['connectionCreated', 'connectionDestroyed']),
    connection: Connection,
    reason: nullable(Type.String({ description: 'null while it goes on' })),
  },
  closed,
);
const StreamMessage = Type.Object(
  {
    ...sessionHeader,
    event: Type.Enum(['streamCreated', 'streamDestroyed']),
    connection: Connection,
    stream: Stream,
    reason: nullable(Type.String({ description: 'null while it goes on' })),
  },
  closed,
);
/** What an application attached to a connection is for its own webhook, not for whoever watches the box. */
export const SessionMessage = Type.Union([SessionItselfMessage, ConnectionMessage, StreamMessage]);
export type SessionMessage = Static<typeof SessionMessage>;

/** A recording has begun, is over, or failed or was interrupted: its status and error say which. */
export const RecordingMessage = Type.Object(
  {
    ...sessionHeader,
    event: Type.Enum(['recordingStarted', 'recordingStopped', 'recordingFailed']),
    recording: RecordingRecord,
  },
  closed,
);
export type RecordingMessage = Static<typeof RecordingMessage>;

/** An archive has another status. */
export const ArchiveMessage = Type.Object(
  {
    ...sessionHeader,
    event: Type.Literal('archiveStatus'),
    archive: Type.Object(
      { ...ArchiveView.properties, url: Type.Null({ description: 'a link is a credential' }) },
      closed,
    ),
  },
  closed,
);
export type ArchiveMessage = Static<typeof ArchiveMessage>;

export const StatusMessage = Type.Object(
  {
    ...header,
    online: Type.Boolean({
      description: 'false in the last will too, whose time and sequence are those of the connection that broke',
    }),
  },
  closed,
);
export type StatusMessage = Static<typeof StatusMessage>;

const ratio = (description: string) => nullable(Type.Number({ description: `${description}, 0–1` }));
const count = nullable(Type.Integer({ minimum: 0 }));

/** A figure that cannot be had is null. */
export const Sample = Type.Object(
  {
    cpu: Type.Object({ busyRatio: ratio('of all cores, since the sample before'), cores: count }, closed),
    load: nullable(Type.Array(Type.Number(), { minItems: 3, maxItems: 3, description: '1, 5, 15 minutes' })),
    memory: Type.Object({ totalBytes: count, availableBytes: count, ownBytes: count }, closed),
    temperatureCelsius: nullable(Type.Number({ description: 'of the main sensor' })),
    disk: Type.Object({ totalBytes: count, freeBytes: count }, closed),
    network: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          receivedBytesPerSecond: nullable(Type.Number()),
          sentBytesPerSecond: nullable(Type.Number()),
          receiveErrors: count,
          sendErrors: count,
        },
        closed,
      ),
      { maxItems: 16 },
    ),
    calls: count,
    legs: count,
    traceBytes: nullable(
      Type.Integer({ minimum: 0, description: 'memory of the SIP messages that are kept to be looked at' }),
    ),
    workers: Type.Array(
      nullable(
        Type.Object(
          {
            legs: Type.Integer(),
            sessions: Type.Integer(),
            busyRatio: Type.Number({ description: 'of one core, 0–1' }),
            tickLateUsP99: Type.Number(),
            tickLateUsMax: Type.Number(),
            skippedTicks: Type.Integer(),
            iceStrangers: Type.Integer({ description: 'datagrams dropped at the WebRTC port: of nobody known' }),
            iceStreams: Type.Integer({ description: 'TCP connections of WebRTC clients' }),
            iceStreamsRefused: Type.Integer({ description: 'of those: too many, or of nobody known' }),
          },
          closed,
        ),
      ),
      { maxItems: 64, description: 'null for one that is down' },
    ),
    uptimeSeconds: Type.Integer({ description: 'of the service' }),
  },
  closed,
);
export type Sample = Static<typeof Sample>;

export const TelemetryMessage = Type.Object({ ...header, ...Sample.properties }, closed);
export type TelemetryMessage = Static<typeof TelemetryMessage>;

const TrunkHealth = Type.Enum(['up', 'down', 'unknown'], {
  description: 'unknown: nobody has answered or failed yet, or nobody asks',
});
const trunkReason = nullable(Type.String({ description: 'what was seen of one that is not up' }));

/** Of a box whose status is offline it is what the box saw last. */
export const TrunkMessage = Type.Object(
  {
    ...header,
    trunk: Type.String({ description: 'its name in the configuration' }),
    state: TrunkHealth,
    since: Time('when it got into that state'),
    reason: trunkReason,
    targets: Type.Array(
      Type.Object(
        {
          target: Type.String({ description: 'as configured; of a peer that registered, its Contact' }),
          state: TrunkHealth,
          since: Time('when it got into that state'),
          reason: trunkReason,
        },
        closed,
      ),
    ),
    registration: nullable(
      Type.Object(
        {
          state: Type.Enum(['registering', 'registered', 'failed']),
          since: Time('when it got into that state'),
          reason: nullable(Type.String({ description: 'why the last attempt failed' })),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type TrunkMessage = Static<typeof TrunkMessage>;
