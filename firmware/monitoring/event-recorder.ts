import type { CallEvent } from '../calls/events.ts';
import type { CallFacts, CallRecord } from '../records/call-record.ts';
import type { ScriptEvent } from '../scripts/events.ts';
import type { ArchiveEvent } from '../sessions/archives/events.ts';
import type { SessionEvent } from '../sessions/events.ts';
import type { RecordingEvent } from '../sessions/recordings/events.ts';

export type DomainEvent = CallEvent | SessionEvent | RecordingEvent | ArchiveEvent | ScriptEvent;

/**
 * Where everything that happens is written before anybody is told.
 *
 * `record` resolves when the event is committed (group commit: a few milliseconds), never before; a call does not wait
 * for it, an API answer that tells of the event does. `about` is what is known of a call then; its record with its last one. Events of one call, and of one session, keep their order.
 */
export interface EventRecorder {
  record(event: DomainEvent, about?: CallFacts | CallRecord): Promise<void>;
}
