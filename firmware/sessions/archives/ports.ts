import type { LegId, ProjectId, SessionId } from '../../base/ids.ts';
import type { RecordingFile, RecordingRecord } from '../recordings/recording.ts';
import type { Recordings } from '../recordings/recordings.ts';
import type { Archive } from './archive.ts';
import type { ArchiveEvent } from './events.ts';

/** Where archives outlive the process. Every method rejects with a CrosspointError of layer store. */
export interface ArchiveStore {
  /** Resolves when it is committed. */
  save(archive: Archive): Promise<void>;
  /** Oldest first. */
  all(): Promise<readonly Archive[]>;
  delete(id: string): Promise<void>;
}

/** Resolves when the event is committed. */
export interface ArchiveEventRecorder {
  record(event: ArchiveEvent): Promise<void>;
}

/** Who makes the files. */
export type ArchiveRecordings = Pick<Recordings, 'begin' | 'stop' | 'choose' | 'addFile' | 'delete' | 'list'>;

/** Makes one file of those of a recording that is over. */
export interface Packager {
  /**
   * @returns how many bytes it has
   * @throws Error what went wrong with the disk
   */
  pack(archive: Archive, record: RecordingRecord, files: readonly RecordingFile[]): Promise<number>;
}

/** Where the sound of a stream comes from; null for one that is not there, or has no sound. */
export type LegOfStream = (project: ProjectId, session: SessionId, stream: string) => LegId | null;
