import type { ProjectId, SessionId } from '../../base/ids.ts';
import type { Archive } from './archive.ts';

/** An archive has another status. */
export interface ArchiveEvent {
  readonly type: 'archiveStatus';
  readonly time: number;
  readonly project: ProjectId;
  readonly session: SessionId;
  readonly archive: Archive;
}
