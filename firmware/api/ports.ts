import { type Static, type TSchema, Type } from 'typebox';
import { LegStats } from '../../pipelines/protocol/figures.ts';
import type { Announced, Announcement } from '../announcements/announcements.ts';
import type { ConnectionId, SessionId, StreamId } from '../base/ids.ts';
import type { DialRequest } from '../calls/dial-request.ts';
import type { MutedBy } from '../calls/events.ts';
import { pressedDigit } from '../calls/pressed-digit.ts';
import { callStates } from '../calls/state.ts';
import type { Project } from '../config/projects.ts';
import { type CallMediaRecord, LegMedia, SideProblem } from '../quality/call-media.ts';
import type { Session } from '../sessions/session.ts';
import type { Trace } from '../sip/trace/traced-message.ts';

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
  hangup(project: Project, session: SessionId, connection: ConnectionId): Promise<void>;
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

const CodecView = Type.Object({
  sends: Type.String({ description: 'what we send: name/clock rate' }),
  payloadType: Type.Integer({ description: 'under which number' }),
  packetMs: Type.Integer(),
  receives: Type.Array(Type.Object({ codec: Type.String(), payloadType: Type.Integer() }), {
    description: 'what may come',
  }),
  reason: Type.String({ description: 'why it is that codec: a sentence' }),
});

/** A live call as the operator sees it. */
export const CallView = Type.Object({
  id: Type.String(),
  project: Type.String(),
  sessionId: nullable(Type.String(), 'null for a call that is in no session'),
  connectionId: nullable(Type.String(), 'null for a call that is in no session'),
  direction: Type.Union([Type.Literal('outbound'), Type.Literal('inbound')]),
  from: Type.String(),
  to: Type.String(),
  state: Type.Enum([...callStates]),
  createdAt: Time,
  ringingAt: nullable(Time, 'null until it rings'),
  activeAt: nullable(Time, 'null until it is answered'),
  muted: Type.Boolean({ description: 'nobody hears its far end' }),
  headers: Type.Array(Type.Object({ name: Type.String(), value: Type.String() }), {
    description: 'X- headers with which far ends called or answered',
  }),
  codecs: Type.Array(nullable(CodecView, 'null until it is agreed on'), {
    description: 'the audio of each SIP side, and why it is that',
  }),
  media: Type.Array(nullable(LegStats, 'null when the media worker does not tell'), {
    description: 'the leg of each SIP side: one, or two of a bridge',
  }),
  quality: Type.Array(LegMedia, {
    description: 'of the same legs: the last interval of five seconds and the call so far; empty before the first one',
  }),
  problems: Type.Array(SideProblem, { description: 'what keeps the parties from hearing each other now' }),
  digits: Type.Array(Type.Object({ time: Time, ...pressedDigit }), {
    description: 'the last hundred keys that the far ends pressed, each once',
  }),
});
export type CallView = Static<typeof CallView>;

/** The calls of the box, for its operator. */
export interface CallDirectory {
  list(): Promise<readonly CallView[]>;
  get(id: string): Promise<CallView | undefined>;
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
  /** The box is shutting down: calls go on, new work is refused. */
  readonly draining: boolean;
}
