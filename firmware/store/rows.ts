import type { CallId, ConnectionId, EventId, ProjectId, SessionId } from '../base/ids.ts';

/** An event on its way into the outbox. */
export interface NewEvent {
  readonly id: EventId;
  /** What it is about ("call:…", "session:…"): events of one key are delivered in the order in which they were stored. */
  readonly key: string;
  /** Milliseconds since 1970; the age bound counts from here. */
  readonly recordedAt: number;
  /** Who must be told; a delivery each. */
  readonly targets: readonly string[];
  /** JSON. */
  readonly body: string;
}

/** A stored event that a target has not been told of yet. */
export interface OutboxRow {
  /** Rises with every event that is stored, and is never used twice, not even after a restart. */
  readonly row: number;
  readonly id: EventId;
  readonly key: string;
  readonly recordedAt: number;
  readonly body: string;
}

/** An event at the end of a gap. */
export interface GapEnd {
  readonly bootId: string;
  readonly sequence: number;
  /** When it happened, milliseconds since 1970. */
  readonly time: number;
}

/** Events of a project that a target was never told of, because they were dropped. */
export interface StoredGap {
  readonly target: string;
  readonly project: string;
  readonly first: GapEnd;
  readonly last: GapEnd;
  /** How many are missing between the two, these included. */
  readonly count: number;
}

/** How much may wait for a target; beyond it the oldest is dropped, and written down as a gap. */
export interface TargetLimits {
  readonly maxPending: number;
  /** Of the events' bodies. */
  readonly maxBytes: number;
}

/** A call that has begun and not ended, as a restarted process must know it. */
export interface LiveCall {
  readonly id: CallId;
  readonly project: ProjectId;
  readonly session: SessionId | null;
  readonly connection: ConnectionId | null;
  readonly createdAt: number;
  readonly state: string;
  /** JSON of all that is known of it (CallFacts); null: written by a release that did not keep it. */
  readonly facts: string | null;
}

/** One that a process has left behind. */
export interface LeftCall extends LiveCall {
  /** JSON of what its application is then told; null: nothing. */
  readonly lastWords: string | null;
}

export type LiveCallChange =
  | { readonly kind: 'begin'; readonly call: LiveCall }
  /** Null facts: those before still hold. */
  | { readonly kind: 'move'; readonly id: CallId; readonly state: string; readonly facts: string | null }
  | { readonly kind: 'words'; readonly id: CallId; readonly lastWords: string }
  /** Its record takes its place. */
  | { readonly kind: 'end'; readonly id: CallId; readonly record: StoredCallRecord | null };

/** A call that is over. */
export interface StoredCallRecord {
  readonly id: string;
  readonly project: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** JSON. */
  readonly record: string;
}

/** Where in the order of records a page ended. */
export interface CallRecordPlace {
  readonly createdAt: number;
  readonly row: number;
}

export interface CallRecordPage {
  /** JSON of each, and of what was measured of its media where that is kept. */
  readonly records: { readonly record: string; readonly media: string | null }[];
  /** Null when there are no more; a page may be short, or empty, and others follow all the same. */
  readonly next: CallRecordPlace | null;
}

/** A connection in a session, or a stream in one, that has begun and not ended. */
export interface LiveMember {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** JSON of the event that told of it. */
  readonly event: string;
}

export type LiveMemberChange =
  | { readonly kind: 'enter'; readonly member: LiveMember }
  | { readonly kind: 'leave'; readonly id: string };

/** What an event changes about what there is. */
export type LiveChange = LiveCallChange | LiveMemberChange;

/** What was measured of the media of a call that is over. */
export interface StoredCallMedia {
  readonly call: string;
  readonly project: string;
  readonly endedAt: number;
  /** JSON. */
  readonly record: string;
}

export interface StoredRecording {
  readonly id: string;
  readonly createdAt: number;
  /** JSON. */
  readonly record: string;
}

export type DocumentKind = 'archives' | 'callbacks' | 'pins' | 'number_forwards';

/** A thing that is kept as a whole. */
export interface StoredDocument {
  readonly id: string;
  readonly createdAt: number;
  /** JSON. */
  readonly record: string;
}

/** An event that a target did not take, and is not told of any more. */
export interface DeadLetter {
  /** Rises with every one. */
  readonly id: number;
  readonly target: string;
  /** Id of the event. */
  readonly event: EventId;
  readonly key: string;
  readonly recordedAt: number;
  /** Milliseconds since 1970: when it was given up. */
  readonly buriedAt: number;
  /** What the last attempt came to. */
  readonly reason: string;
  readonly body: string;
}

/** Which dead letters: all of a target, or of all targets where that is null; of these the ones with an id, unless that is null. */
export interface DeadLetterChoice {
  readonly target: string | null;
  readonly ids: readonly number[] | null;
}

/** What waits for a target. */
export interface Backlog {
  readonly target: string;
  readonly pending: number;
  /** Of the oldest event that waits, milliseconds since 1970. */
  readonly oldest: number | null;
  readonly deadLetters: number;
}

export interface StoredSession {
  readonly id: SessionId;
  readonly project: ProjectId;
  readonly mediaMode: 'routed' | 'relayed';
  readonly archiveMode: 'manual' | 'always';
  readonly createdAt: number;
  /** Whoever comes is muted. */
  readonly muted: boolean;
}

/** What a request with an Idempotency-Key was answered. */
export interface StoredAnswer {
  /** Whose key, and which. */
  readonly id: string;
  readonly fingerprint: string;
  /** JSON; null as long as it is under way. */
  readonly answer: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}
