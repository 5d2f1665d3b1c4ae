import type { ProjectId, SessionId } from '../base/ids.ts';

/** routed: media goes through this box; relayed: asked for between the clients themselves, so no call can be dialled in. */
export type MediaMode = 'routed' | 'relayed';
export type ArchiveMode = 'manual' | 'always';

/** What a session is from its creation on. */
export interface SessionRow {
  readonly id: SessionId;
  readonly project: ProjectId;
  readonly mediaMode: MediaMode;
  readonly archiveMode: ArchiveMode;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** What is kept of a session across restarts. Rooms of the built-in numbers are not kept. */
export interface KeptSession extends SessionRow {
  /** Whoever comes is muted: the streams that were excepted went with the restart. */
  readonly muted: boolean;
}
