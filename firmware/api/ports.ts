import { type Static, type TSchema, Type } from 'typebox';
import { LegStats } from '../../pipelines/protocol/figures.ts';
import type { Announced, Announcement } from '../announcements/announcements.ts';
import type { ConnectionId, SessionId, StreamId } from '../base/ids.ts';
import type { DialRequest } from '../calls/dial-request.ts';
import type { MutedBy } from '../calls/events.ts';
import { pressedDigit } from '../calls/pressed-digit.ts';
import { callStates } from '../calls/state.ts';
import type { Project } from '../config/projects.ts';
import { type CallMediaRecord, LegMedia, MediaFigures, SideProblem } from '../quality/call-media.ts';
import { CallFacts, CallRecord, CallSideFacts, CodecView } from '../records/call-record.ts';
import type { CallFilter } from '../records/record-filter.ts';
import type { Session } from '../sessions/session.ts';
import type { Trace } from '../sip/trace/traced-message.ts';
import type { KeptCall } from '../store/call-records.ts';
import { CallVerdict } from '../verdict/call-verdict.ts';

/** What a dialled call is known by; all are UUIDs. */
export interface Dialled {
  /** Of the call. */
  readonly id: string;
  readonly connectionId: ConnectionId;
  readonly streamId: StreamId;
}

/**
 * What the API asks of the calls. Every method rejects with a CrosspointError.
 *
 * The session exists and belongs to the project; a connection that is named was in it a moment ago.
 */
export interface CallControl {
  /**
   * Resolves when the call's first events are committed and before the far end rings.
   * Rejects with call.too-many at the project's ceiling.
   */
  dial(project: Project, session: Session, request: DialRequest): Promise<Dialled>;
  /** Cancels a ringing call, ends an answered one. Rejects with call.unknown for a connection that is no call. */
  hangup(project: Pick<Project, 'id'>, session: SessionId, connection: ConnectionId): Promise<void>;
  /**
   * Plays digits (`0-9 * #`, p for 500 ms) to one connection, or to every call of the session when that is null.
   * Rejects with call.unknown for a connection that is no call, call.not-active for one that is not answered.
   */
  sendDigits(project: Project, session: SessionId, connection: ConnectionId | null, digits: string): Promise<void>;
  /** Mutes whoever publishes a stream, if its call obeys. Rejects with session.stream-unknown. */
  muteStream(project: Project, session: SessionId, stream: string): Promise<void>;
  /** Mutes everybody but the excluded, and whoever comes later; or, with active false, nobody who comes later. */
  muteSession(project: Project, session: SessionId, mute: SessionMute): Promise<void>;
}

export interface SessionMute {
  readonly active: boolean;
  /** Ids of streams; those that are none are ignored. */
  readonly excluded: readonly string[];
}

const nullable = <T extends TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description });

const Time = Type.Integer({ description: 'milliseconds since 1970' });

const { codec: _codec, ...sideFacts } = CallSideFacts.properties;

/** A call as the operator sees it, live or past. */
export const CallView = Type.Object({
  id: Type.String(),
  project: Type.String({ description: '"device" for what belongs to the box itself' }),
  sessionId: nullable(Type.String(), 'null for a call that is in no session'),
  connectionId: nullable(Type.String(), 'null for a call that is in no session'),
  direction: Type.Union([Type.Literal('outbound'), Type.Literal('inbound')]),
  parent: CallFacts.properties.parent,
  from: Type.String(),
  to: Type.String(),
  trunks: CallFacts.properties.trunks,
  target: CallFacts.properties.target,
  sipCallIds: CallFacts.properties.sipCallIds,
  state: Type.Enum([...callStates]),
  createdAt: Time,
  provisionalAt: CallFacts.properties.provisionalAt,
  ringingAt: nullable(Time, 'null until it rings'),
  activeAt: nullable(Time, 'null until it is answered'),
  endedAt: nullable(Time, 'null while it lives'),
  muted: Type.Boolean({ description: 'nobody hears its far end; false of a call that is over' }),
  headers: Type.Array(Type.Object({ name: Type.String(), value: Type.String() }), {
    description: 'X- headers with which far ends called or answered; empty of a call that is over',
  }),
  codecs: Type.Array(nullable(CodecView, 'null until it is agreed on'), {
    description: 'the audio of each SIP side, and why it is that',
  }),
  sides: Type.Array(Type.Object(sideFacts), { description: 'the same sides: addresses and security' }),
  media: Type.Array(nullable(LegStats, 'null when the media worker does not tell'), {
    description: 'the leg of each SIP side: one, or two of a bridge; empty of a call that is over',
  }),
  quality: Type.Array(
    Type.Object({ ...LegMedia.properties, interval: nullable(MediaFigures, 'null of a call that is over') }),
    {
      description:
        'of the same legs: the last interval of five seconds and the call so far; empty before the first one',
    },
  ),
  problems: Type.Array(
    Type.Object({ ...SideProblem.properties, until: Type.Optional(nullable(Time, 'of one that is over')) }),
    {
      description: 'what keeps the parties from hearing each other now; of a call that is over, what has kept them',
    },
  ),
  digits: Type.Array(Type.Object({ time: Time, ...pressedDigit }), {
    description: 'the last hundred keys that the far ends pressed, each once; empty of a call that is over',
  }),
  digitCount: Type.Integer({ description: 'how many keys the far ends pressed' }),
  tries: CallFacts.properties.tries,
  result: nullable(CallRecord.properties.result, 'null while it lives'),
  reason: nullable(CallRecord.properties.reason, 'null while it lives'),
  trace: Type.String({ description: 'path of its SIP messages' }),
  verdict: nullable(CallVerdict, 'null of a call that nothing is wrong with'),
});
export type CallView = Static<typeof CallView>;

/** Live ones, those that are over, both, or live ones in one state. */
export const askedStates = ['live', 'ended', 'all', ...callStates.filter(state => state !== 'HANGUP')] as const;
export type AskedState = (typeof askedStates)[number];

export interface CallQuery extends CallFilter {
  readonly state: AskedState;
  /** How many at most; null: all, of live ones alone. */
  readonly limit: number | null;
  /** Where the page before ended. */
  readonly cursor: string | null;
}

export interface CallPage {
  readonly items: readonly CallView[];
  /** The cursor of the next page; null: there is none. */
  readonly next: string | null;
}

/** The calls of the box, for its operator: live ones first, those that began last first. */
export interface CallDirectory {
  /** Rejects with http.bad-request for a cursor that is none. */
  list(query: CallQuery): Promise<CallPage>;
  /** Undefined of a call that is not known, or no longer. */
  get(id: string): Promise<CallView | undefined>;
}

/** The records of calls that are over. */
export interface CallRecordReader {
  /** In pages of so many, each read when the one before has been taken. */
  all(filter: CallFilter, pageSize: number): AsyncIterable<readonly KeptCall[]>;
}

/** What an operator may end. */
export interface CallHangup {
  /** Cancels a ringing call, ends an answered one. Rejects with call.unknown. */
  hangupAnybodys(id: string): Promise<void>;
}

/** What is kept of the media of calls that are over. */
export interface CallMediaReader {
  /** Null of a call that lives, was never answered, or is not known. */
  read(id: string): Promise<CallMediaRecord | null>;
}

/** What the operator may do to a call. */
export interface CallHold {
  /**
   * Puts the far end of a call on hold, or takes it back; resolves when it has agreed. Rejects with call.unknown,
   * call.not-active, call.change-refused.
   */
  hold(id: string, on: boolean): Promise<void>;
}

/** What is asked of the call of a connection. */
export interface ConnectionCalls {
  /** Throws call.unknown for a connection that is no call. */
  ofConnection(
    project: Project,
    session: SessionId,
    connection: ConnectionId,
  ): { readonly ref: { readonly id: string }; readonly quality: { readonly lastInterval: readonly LegMedia[] } };
}

export interface CallMute {
  /**
   * Nobody hears its far end any more, or everybody does again, whatever it was dialled with. Rejects with call.unknown,
   * call.not-active, call.bridged.
   */
  mute(id: string, on: boolean, by: MutedBy): Promise<void>;
}

export interface CallPlay {
  /**
   * Plays something to the far end of a call, or to everybody of its session; resolves when it is heard, or waits to be.
   * Rejects with call.unknown, call.not-active, call.bridged, call.no-session, media.….
   */
  play(id: string, announcement: Announcement, toSession: boolean): Promise<Announced>;
  /** One, or all. Rejects with media.player-unknown beside those. */
  stopPlay(id: string, player: string | null, fadeOutMs: number): Promise<void>;
}

/** The SIP messages of calls, live and past. */
export interface CallTraceReader {
  /** Null when nothing is known of that call. */
  read(id: string): Promise<Trace | null>;
}

/** How many calls the box has, and could have; `Capacity` of firmware/admission is one. */
export const CapacityView = Type.Object({
  calls: Type.Integer({ description: 'live ones' }),
  legs: Type.Integer({ description: 'media legs of calls and of WebRTC clients' }),
  limit: nullable(
    Type.Integer(),
    'how many calls of one far end each the box could have at a time, if they cost what the present ones cost; null until ten legs at a time have told',
  ),
  boundBy: nullable(Type.Enum(['worker', 'ports']), 'what that number is bounded by'),
  refusing: nullable(
    Type.Enum(['worker-busy', 'worker-late', 'no-ports', 'disk-full', 'memory-low']),
    'why new calls are refused now; null while they are taken',
  ),
});
export type CapacityView = Static<typeof CapacityView>;

/** What the box needs before it can take work. */
export const parts = ['sip', 'worker', 'store'] as const;
export type Part = (typeof parts)[number];

export interface Readiness {
  readonly ready: Readonly<Record<Part, boolean>>;
  /** The box is being drained or shut down: calls go on, new work is refused. */
  readonly draining: boolean;
}
