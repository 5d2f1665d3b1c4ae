import { randomUUID } from 'node:crypto';
import type { CallId, LegId, ProjectId, SessionId } from '../../base/ids.ts';
import type { RecordingRecord } from './recording.ts';

export interface RecordingRequest {
  readonly project: ProjectId;
  readonly session: SessionId;
  readonly mode: 'mixed' | 'individual';
  readonly format: 'ogg' | 'wav';
  /** The call whose script wants it. */
  readonly call?: CallId;
  /** Letters, digits, - and _; absent: a fresh one. */
  readonly id?: string;
  /** Those that it is of in the beginning; absent: all of the session, for ever. */
  readonly legs?: readonly LegId[];
  /** Whether others of the same session count for it and it for them; default true: a session is recorded once at a time. */
  readonly alone?: boolean;
}

/** A recording that has been asked for. */
export function newRecording(
  { id, project, session, call, mode, format }: RecordingRequest,
  now: number,
): RecordingRecord {
  return {
    id: id ?? randomUUID(),
    project,
    sessionId: session,
    ...(call !== undefined && { call }),
    mode,
    format,
    status: 'starting',
    createdAt: now,
    startedAt: null,
    endedAt: null,
    durationMs: null,
    error: null,
    notRecorded: 0,
    files: [],
  };
}
