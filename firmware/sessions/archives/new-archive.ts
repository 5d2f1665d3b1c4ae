import { randomUUID } from 'node:crypto';
import type { Session } from '../session.ts';
import type { Archive, ArchiveLayout } from './archive.ts';

export interface ArchiveRequest {
  readonly sessionId: string;
  readonly name?: string;
  /** Default composed. */
  readonly outputMode?: Archive['outputMode'];
  /** Default auto. */
  readonly streamMode?: Archive['streamMode'];
  readonly resolution?: string | null;
  readonly layout?: ArchiveLayout | null;
  readonly multiArchiveTag?: string | null;
}

/** An archive that begins. */
export function newArchive(request: ArchiveRequest, session: Pick<Session, 'id' | 'project'>, now: number): Archive {
  const { name = '', outputMode = 'composed', streamMode = 'auto' } = request;
  const { resolution = null, layout = null, multiArchiveTag = null } = request;
  return {
    id: randomUUID(),
    project: session.project,
    sessionId: session.id,
    name,
    status: 'started',
    reason: '',
    createdAt: now,
    changedAt: now,
    durationMs: 0,
    bytes: 0,
    outputMode,
    streamMode,
    streams: [],
    resolution,
    layout,
    multiArchiveTag,
    file: null,
  };
}
