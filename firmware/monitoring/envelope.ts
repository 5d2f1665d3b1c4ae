import type { EventId, ProjectId } from '../base/ids.ts';
import type { CallEvent } from '../calls/events.ts';
import type { ScriptEvent } from '../scripts/events.ts';
import type { ArchiveEvent } from '../sessions/archives/events.ts';
import type { RecordingEvent } from '../sessions/recordings/events.ts';
import type { DomainEvent } from './event-recorder.ts';

/** Raised when a body written before could be misread; older rows may wait in the outbox across an upgrade. */
export const ENVELOPE_VERSION = 1;

/** What is stored of an event: the event, and what every message about it carries. */
export interface Envelope {
  readonly version: typeof ENVELOPE_VERSION;
  readonly id: EventId;
  readonly box: string;
  /** Of the process that recorded it. */
  readonly bootId: string;
  /** 1, 2, 3 … within a boot, in the order of recording; what MQTT is not told of counts by itself. */
  readonly sequence: number;
  readonly project: ProjectId;
  /** When it happened, milliseconds since 1970. */
  readonly time: number;
  readonly event: DomainEvent;
}

export function isCallEvent(event: DomainEvent): event is CallEvent {
  return 'call' in event && !isScriptEvent(event);
}

export function isScriptEvent(event: DomainEvent): event is ScriptEvent {
  return event.type === 'applicationTold' || event.type === 'lastWordsKept' || event.type === 'scriptWarned';
}

export function isRecordingEvent(event: DomainEvent): event is RecordingEvent {
  return 'recording' in event;
}

export function isArchiveEvent(event: DomainEvent): event is ArchiveEvent {
  return 'archive' in event;
}

export function projectOf(event: DomainEvent): ProjectId {
  return 'call' in event ? event.call.project : event.project;
}

/** Events of one key are told in order. */
export function keyOf(event: DomainEvent): string {
  if ('call' in event) return `call:${event.call.id}`;
  if (isRecordingEvent(event) && event.session === null) return `recording:${event.recording.id}`;
  return `session:${event.session}`;
}

/** The envelope in a stored body, or null when another release wrote it in a way that this one does not know. */
export function parseEnvelope(body: string): Envelope | null {
  try {
    const parsed = JSON.parse(body) as Partial<Envelope> | null;
    return parsed?.version === ENVELOPE_VERSION ? (parsed as Envelope) : null;
  } catch {
    return null;
  }
}
