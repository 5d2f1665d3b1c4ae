import { randomUUID } from 'node:crypto';
import type { CallId, LegId, ProjectId, SessionId } from '../../base/ids.ts';
import type { RecordingRecord } from './recording.ts';

interface AnyRequest {
  readonly project: ProjectId;
  readonly format: 'ogg' | 'wav';
  /** The call whose script wants it, and what of it. */
  readonly call?: CallId;
  readonly source?: RecordingRecord['source'];
  /** Letters, digits, - and _; absent: a fresh one. */
  readonly id?: string;
}

/** What is said in a session. */
export interface SessionRequest extends AnyRequest {
  readonly session: SessionId;
  readonly mode: 'mixed' | 'individual';
  /** Those that it is of in the beginning; absent: all of the session, for ever. */
  readonly legs?: readonly LegId[];
  /** Whether others of the same session count for it and it for them; default true: a session is recorded once at a time. */
  readonly alone?: boolean;
}

/** What the far end of a leg says and hears, wherever it is, until the leg is closed. */
export interface LegRequest extends AnyRequest {
  readonly leg: LegId;
  /** 2: a channel each; 1: the sum. */
  readonly channels: 1 | 2;
}

export type RecordingRequest = SessionRequest | LegRequest;

/** A recording that has been asked for. */
export function newRecording(request: RecordingRequest, now: number): RecordingRecord {
  const { id, project, call, source, format } = request;
  return {
    id: id ?? randomUUID(),
    project,
    sessionId: 'leg' in request ? null : request.session,
    ...(call !== undefined && { call }),
    ...(source !== undefined && { source }),
    ...('leg' in request && { channels: request.channels }),
    mode: 'leg' in request ? 'mixed' : request.mode,
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
