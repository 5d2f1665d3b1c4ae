import type { ConnectionId, SessionId } from '../base/ids.ts';
import type { ConnectionRef, StreamRef } from './events.ts';
import type { SessionRow } from './session-row.ts';

/** A room. */
export interface Session extends SessionRow {
  /** The name by which callers of a built-in number reach it; null for a session that an application created. */
  readonly room: string | null;
}

/** Somebody in a session: a connection, and the stream that it publishes or will publish. */
export interface Member {
  readonly connection: ConnectionRef;
  readonly stream: StreamRef;
  published: boolean;
}

/** A session together with who is in it. Owned by the registry. */
export interface LiveSession {
  readonly session: Session;
  readonly members: Map<ConnectionId, Member>;
  /** Milliseconds since 1970: when it was created, or when the last member left. */
  idleSince: number;
  /** While it is muted, whoever begins to publish is muted too, but for these streams; null: it is not. */
  mutedExcept: ReadonlySet<string> | null;
}

/** The sessions of a project, the one unused longest first. */
export type Shelf = Map<SessionId, LiveSession>;
