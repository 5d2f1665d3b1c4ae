import type { ConnectionId, StreamId } from '../base/ids.ts';
import type { MediaFigures } from '../quality/call-media.ts';
import type { ConnectionRef, StreamEndReason } from './events.ts';
import type { Notice, PhoneState, VideoDimensions, VideoType } from './notices.ts';
import type { SessionRow } from './session-row.ts';

/** A room. */
export interface Session extends SessionRow {
  /** The name by which callers of a built-in number reach it; null for a session that an application created. */
  readonly room: string | null;
}

/** Whoever has the media of a stream: a mute and an end that others decide reach it this way. */
export interface StreamOwner {
  muted(on: boolean): void;
  /** Told once, unless it ended the stream itself. */
  ended(reason: StreamEndReason): void;
  /** The figures of its last interval; null before the first one. */
  quality?(): MediaFigures | null;
}

/** What a connection publishes. */
export interface LiveStream {
  readonly id: StreamId;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly connectionId: ConnectionId;
  readonly videoType: VideoType | null;
  /** What it is called in layouts, for whoever makes one: nothing here looks at it. */
  layoutClasses: readonly string[];
  videoDimensions: VideoDimensions | null;
  name: string;
  hasAudio: boolean;
  hasVideo: boolean;
  muted: boolean;
  /** Null of a phone: its call decides what a mute does to it. */
  readonly owner: StreamOwner | null;
}

/** Somebody in a session, with 0 to n streams. */
export interface LiveConnection {
  readonly ref: ConnectionRef;
  /** Null of a client. The stream of a phone has its id before it can be heard. */
  readonly phone: { readonly number: string; state: PhoneState; readonly stream: StreamId } | null;
  /** Those of its streams at first. */
  readonly layoutClasses: readonly string[];
  readonly streams: Map<StreamId, LiveStream>;
  /** Who hears of the session on its behalf; null: nobody does. */
  listener: ((notice: Notice) => void) | null;
}

/** A session together with who is in it. Owned by the registry. */
export interface LiveSession {
  readonly session: Session;
  readonly connections: Map<ConnectionId, LiveConnection>;
  /** Milliseconds since 1970: when it was created, or when the last connection left. */
  idleSince: number;
  /** While it is muted, whoever begins to publish is muted too, but for these streams; null: it is not. */
  mutedExcept: ReadonlySet<string> | null;
}

/** A session that nobody is in. */
export function emptySession(session: Session): LiveSession {
  return { session, connections: new Map(), idleSince: session.createdAt, mutedExcept: null };
}
