import type { ConnectionView, StreamView } from './notices.ts';
import type { LiveSession } from './session.ts';
import { connectionView, streamsOf, streamView } from './views.ts';

/** A session as the operator sees it. */
export interface SessionOverview {
  readonly id: string;
  readonly project: string;
  /** The name of a room of the built-in numbers; null of a session that an application created. */
  readonly room: string | null;
  readonly mediaMode: 'routed' | 'relayed';
  readonly archiveMode: 'manual' | 'always';
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Whoever begins to publish is muted. */
  readonly muted: boolean;
  /** How many there are now. */
  readonly connections: number;
  readonly streams: number;
}

export interface SessionInside {
  readonly connections: readonly ConnectionView[];
  readonly streams: readonly StreamView[];
}

export function sessionOverview(live: LiveSession): SessionOverview {
  const { id, project, room, mediaMode, archiveMode, createdAt } = live.session;
  return {
    id,
    project,
    room,
    mediaMode,
    archiveMode,
    createdAt,
    muted: live.mutedExcept !== null,
    connections: live.connections.size,
    streams: streamsOf(live).length,
  };
}

/** Who is in it, and what they publish. */
export function sessionInside(live: LiveSession): SessionInside {
  return {
    connections: [...live.connections.values()].map(connectionView),
    streams: streamsOf(live).map(streamView),
  };
}
