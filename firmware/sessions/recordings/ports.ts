import type { ConnectionId, LegId, StreamId } from '../../base/ids.ts';
import type { RecordingEvent } from './events.ts';
import type { RecordingRecord } from './recording.ts';

/** Where recordings outlive the process. Every method rejects with a CrosspointError of layer store. */
export interface RecordingStore {
  /** Resolves when it is committed. */
  save(record: RecordingRecord): Promise<void>;
  /** Oldest first. */
  all(): Promise<readonly RecordingRecord[]>;
  delete(id: string): Promise<void>;
}

/** Resolves when the event is committed. */
export interface RecordingEventRecorder {
  record(event: RecordingEvent): Promise<void>;
}

/** Who makes something of recordings. Called at once, in order. */
export interface RecordingWatcher {
  ended(recording: RecordingRecord): void;
  /** It and its files are gone. */
  deleted(id: string): void;
}

/** Whose stream a leg carries; null for a leg that is nobody's any more. */
export type StreamOfLeg = (
  leg: LegId,
) => { readonly connection: ConnectionId; readonly stream: StreamId | null } | null;
