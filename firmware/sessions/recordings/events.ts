import type { ProjectId, SessionId } from '../../base/ids.ts';
import type { RecordingRecord } from './recording.ts';

/** A recording has begun, is over, or could not go on. */
export interface RecordingEvent {
  readonly type: 'recordingStarted' | 'recordingStopped' | 'recordingFailed';
  readonly time: number;
  readonly project: ProjectId;
  /** null of the recording of a call. */
  readonly session: SessionId | null;
  readonly recording: RecordingRecord;
}
