/**
 * What firmware and media worker say to each other: the single definition of every command and event.
 *
 * The wire is a Unix stream socket; each message is one line of JSON (UTF-8, "\n"-terminated; commands at most 64 KiB):
 *
 *     firmware → worker   { "id": 7, "method": "leg.open", "params": { … } }
 *     worker → firmware   { "id": 7, "result": { … } }   or   { "id": 7, "error": { "code": "…", "message": "…" } }
 *     worker → firmware   { "event": "leg.digit", "params": { … } }
 *
 * Commands are carried out in the order in which they were sent. The first one must be `hello`. A worker whose lease
 * runs out (no command for `leaseMs`) closes its legs and ends. The worker process answers `hello` itself and hands
 * every other line to the engine (the GStreamer element `interconnect`) as it came; the engine answers in this form too.
 */
import { type Static, type TSchema, Type } from 'typebox';
import { DtlsSuite, Fingerprint } from './protocol/dtls.ts';
import { LegFlow, LegQuality, LegStats, Load } from './protocol/figures.ts';
import { IceChanged } from './protocol/ice.ts';
import { Endpoint, Hears, LegOpen, LegUpdate, Port } from './protocol/leg-media.ts';
import { PlayerEnded, PlayerStart, PlayerStarted, PlayerStop } from './protocol/player.ts';
import { RecordingChoice, RecordingEnded, RecordingRef, RecordingStart } from './protocol/recording.ts';
import { closed, nullable } from './protocol/schema.ts';

/** Raised with every change that an older peer would misread. */
export const PROTOCOL_VERSION = 7;

const LegRef = Type.Object({ leg: Type.String({ minLength: 1, maxLength: 64 }) }, closed);
const Nothing = Type.Object({}, closed);

const Page = Type.Object(
  {
    after: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'the last leg of the page before; absent: the first page',
      }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: 'default 200' })),
  },
  closed,
);
const pageOf = <T extends TSchema>(item: T) =>
  Type.Object({ legs: Type.Array(item), more: Type.Boolean({ description: 'there is another page' }) }, closed);

/** Every command: its parameters and what it returns. */
export const commands = {
  /** First command on a connection; starts or takes over the lease. */
  hello: {
    params: Type.Object(
      {
        protocol: Type.Integer(),
        client: Type.String({ description: 'boot id of the firmware process' }),
        leaseMs: Type.Integer({ minimum: 500, maximum: 60_000 }),
      },
      closed,
    ),
    result: Type.Object(
      {
        protocol: Type.Integer(),
        pid: Type.Integer(),
        bootId: Type.String(),
        worker: Type.String(),
        engine: Type.String({ description: 'plugin and GStreamer version' }),
        legs: Type.Integer(),
        dtls: nullable(Fingerprint, 'of the certificate that its legs have; null: it can do no DTLS'),
      },
      closed,
    ),
  },
  /** Renews the lease and shows that the engine's loop turns. */
  ping: { params: Nothing, result: Load },
  /** All that the engine holds. */
  dump: {
    params: Nothing,
    result: Type.Object(
      {
        legs: Type.Array(
          Type.Object(
            {
              leg: Type.String(),
              local: Type.Object({ host: Type.String(), rtpPort: Port, rtcpPort: Port }, closed),
              hears: Hears,
              direction: Type.String(),
              muted: Type.Boolean(),
              stats: LegStats,
            },
            closed,
          ),
        ),
        sessions: Type.Array(
          Type.Object({ session: Type.String(), sampleRate: Type.Integer(), legs: Type.Array(Type.String()) }, closed),
        ),
        recordings: Type.Array(
          Type.Object(
            {
              recording: Type.String(),
              session: Type.String(),
              state: Type.Union([Type.Literal('preparing'), Type.Literal('recording'), Type.Literal('ending')]),
              files: Type.Integer(),
              notRecorded: Type.Integer({ description: 'legs that were heard after the first 50' }),
            },
            closed,
          ),
        ),
      },
      closed,
    ),
  },
  /** Closes every leg and ends every recording. */
  reset: { params: Nothing, result: Type.Object({ closed: Type.Integer() }, closed) },
  /** Closes every leg, completes every recording, answers, and ends the process. */
  stop: { params: Nothing, result: Nothing },
  'leg.open': { params: LegOpen, result: Type.Object({ ssrc: Type.Integer() }, closed) },
  'leg.update': { params: LegUpdate, result: Nothing },
  'leg.stats': { params: LegRef, result: LegStats },
  /** Quality of all legs, in the order of their ids; begins a new interval of each that it tells of. */
  'legs.quality': { params: Page, result: pageOf(LegQuality) },
  /** Whether media runs, of all legs; changes nothing. */
  'legs.flow': { params: Page, result: pageOf(LegFlow) },
  'leg.close': { params: LegRef, result: LegStats },
  /** Sends digits, as RFC 4733 events or as tones in the audio; answers when they are queued, `leg.digits-sent` tells when the last one is out. */
  'leg.send-digits': {
    params: Type.Object(
      {
        leg: Type.String(),
        digits: Type.String({ pattern: '^[0-9A-D*#p]{1,64}$', description: 'p: 500 ms pause' }),
        digitMs: Type.Optional(Type.Integer({ minimum: 40, maximum: 5000, description: 'default 100' })),
        gapMs: Type.Optional(Type.Integer({ minimum: 40, maximum: 5000, description: 'default 100' })),
        way: Type.Optional(
          Type.Union([Type.Literal('rfc4733'), Type.Literal('inband')], { description: 'default rfc4733' }),
        ),
      },
      closed,
    ),
    result: Type.Object(
      { queuedMs: Type.Integer({ description: 'how long until the last digit of the queue is out' }) },
      closed,
    ),
  },
  'player.start': { params: PlayerStart, result: Nothing },
  'player.stop': { params: PlayerStop, result: Nothing },
  /** Records a session, whether or not somebody is in it; `recording.started` or `recording.ended` follows. */
  'recording.start': { params: RecordingStart, result: Nothing },
  /** `recording.ended` follows, once the files are complete. */
  'recording.stop': { params: RecordingRef, result: Nothing },
  /** From now on the recording is of these legs. */
  'recording.choose': { params: RecordingChoice, result: Nothing },
} as const;

/** Every event. */
export const events = {
  /** The first RTP packet that a leg took. */
  'leg.rtp-started': Type.Object(
    { leg: Type.String(), from: Endpoint, ssrc: Type.Integer(), payloadType: Type.Integer() },
    closed,
  ),
  /** A digit ended (once each way that it came, however often it was repeated or lost in part). */
  'leg.digit': Type.Object(
    {
      leg: Type.String(),
      digit: Type.String({ pattern: '^[0-9A-D*#]$' }),
      durationMs: Type.Integer(),
      source: Type.Union([Type.Literal('rfc4733'), Type.Literal('inband')]),
    },
    closed,
  ),
  'leg.digits-sent': Type.Object({ leg: Type.String() }, closed),
  'player.started': PlayerStarted,
  'player.ended': PlayerEnded,
  /** A leg's DTLS handshake is done: media flows from now on, once for each association. */
  'leg.secured': Type.Object({ leg: Type.String(), suite: DtlsSuite }, closed),
  /** The far end has ended the association in order (close_notify): a WebRTC client's peer connection is over. */
  'leg.dtls-closed': Type.Object({ leg: Type.String() }, closed),
  'leg.ice': IceChanged,
  /** The leg cannot go on (socket, codec, DTLS); it stays open until it is closed. */
  'leg.failed': Type.Object({ leg: Type.String(), code: Type.String(), message: Type.String() }, closed),
  /** From now on it is recorded. */
  'recording.started': RecordingRef,
  'recording.file-started': Type.Object(
    {
      recording: Type.String(),
      path: Type.String(),
      leg: nullable(Type.String(), 'null of what all say'),
      offsetMs: Type.Number(),
    },
    closed,
  ),
  /** Its files are complete, as far as they could be. Once for each recording that was asked for. */
  'recording.ended': RecordingEnded,
} as const;

export type Method = keyof typeof commands;
export type Params<M extends Method> = Static<(typeof commands)[M]['params']>;
export type Result<M extends Method> = Static<(typeof commands)[M]['result']>;
export type EventName = keyof typeof events;
export type EventParams<E extends EventName> = Static<(typeof events)[E]>;

/** Codes that a worker's `error.code`, or the `code` of `leg.failed`, can have. */
export const errorCodes = {
  'media.bad-request': 'not JSON, an unknown method, or parameters that do not fit the schema',
  'media.protocol-mismatch': 'firmware and worker speak different protocol versions',
  'media.leg-unknown': 'no leg of that id',
  'media.leg-exists': 'a leg of that id is open',
  'media.port-in-use': 'the local port could not be bound',
  'media.codec-failed': 'a codec could not be made (missing element, bad description)',
  'media.security-failed': 'a key was refused (out of memory), or the worker has no certificate for DTLS',
  'media.dtls-fingerprint': "the far end's certificate is not the one that signalling told of",
  'media.dtls-failed': 'a DTLS handshake that came to nothing: an alert of the far end, nothing in common',
  'media.dtls-timeout': 'the far end did not finish the DTLS handshake in time',
  'media.no-telephone-event': 'digits asked for on a leg that has not negotiated telephone-event',
  'media.no-tones': 'digits asked for as tones on a leg that encodes nothing',
  'media.session-unknown': 'nothing can be played into a session that no leg is in',
  'media.not-mixed': 'the leg hears another leg undecoded: nothing can be mixed into that',
  'media.player-exists': 'a player of that id plays there',
  'media.player-unknown': 'no player of that id plays there',
  'media.too-many-players': 'four players to a leg or session, 128 files to a worker',
  'media.file-refused': 'the file does not exist, is no regular one, too large, or not below its directory',
  'media.file-undecodable': 'there is no sound in the file, or it did not come in time',
  'media.recording-directory':
    'the folder for recordings is not there, not writable, or another than the worker was started with',
  'media.recording-exists': 'a recording of that id runs',
  'media.recording-unknown': 'no recording of that id runs',
  'media.recording-failed': 'a file could not be written or encoded',
  'media.too-many-recordings': '64 recordings run already',
  'media.disk-full': 'a recording ended as the disk is full',
  'media.out-of-files': 'a recording ended as no more files can be opened',
  'media.overloaded': 'the loop is late: no new legs',
} as const;
