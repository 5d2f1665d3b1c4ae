import { type Static, Type } from 'typebox';
import { ArchiveView } from '../sessions/archives/archive-view.ts';
import { RecordingRecord } from '../sessions/recordings/recording.ts';
import { closed, header, nullable, Time } from './topics-header.ts';

/* Payloads about sessions, and what the box tells of itself at any time. Others: topics-*.ts; the whole table: topic-table.ts. */

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
    ...header,
    session: nullable(Type.String({ description: 'null of the recording of a call' })),
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
    queue: Type.Object(
      { pending: count, dropped: count },
      { ...closed, description: 'deliveries that are still to be made; given up since the start, for age or room' },
    ),
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
