import type { SessionId } from '../base/ids.ts';
import type { SessionEvent } from './events.ts';
import type { KeptSession } from './session-row.ts';

/** Where sessions outlive the process. Every method rejects with a CrosspointError of layer store. */
export interface SessionStore {
  /** Resolves when the row is committed. */
  save(row: KeptSession): Promise<void>;
  /** Every row that is not too old to be of use, oldest first. */
  all(): Promise<readonly KeptSession[]>;
  delete(id: SessionId): Promise<void>;
}

/** Where what happens is written before anybody is told; resolves when the event is committed. */
export interface SessionEventRecorder {
  record(event: SessionEvent): Promise<void>;
}
