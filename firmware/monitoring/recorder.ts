import type { Clock } from '../base/clock.ts';
import { type EventId, newId } from '../base/ids.ts';
import type { CallEvent, CallRef } from '../calls/events.ts';
import type { CallFacts, CallRecord } from '../records/call-record.ts';
import type { SessionEvent } from '../sessions/events.ts';
import type { LiveCallChange, LiveChange, LiveMemberChange, NewEvent, StoredCallRecord } from '../store/rows.ts';
import {
  ENVELOPE_VERSION,
  type Envelope,
  isArchiveEvent,
  isCallEvent,
  isRecordingEvent,
  isScriptEvent,
  keyOf,
  projectOf,
} from './envelope.ts';
import type { DomainEvent, EventRecorder } from './event-recorder.ts';
import { MQTT_TARGET, targetsOf } from './targets.ts';

export interface RecorderOptions {
  readonly store: { record(event: NewEvent, change: LiveChange | null): Promise<number | null> };
  readonly clock: Clock;
  readonly box: string;
  readonly bootId: string;
  /** Webhook targets by name. */
  readonly webhooks: ReadonlyMap<string, unknown>;
  /** More of them, by what projects have registered. */
  readonly registered?: (event: DomainEvent) => readonly string[];
  /** Called after the commit, in the order of the rows, with the targets that have something to be told. */
  readonly stored: (row: number, envelope: Envelope, targets: readonly string[]) => void;
}

/** Turns what happens into rows of the outbox. */
export class Recorder implements EventRecorder {
  readonly #options: RecorderOptions;
  #sequence = 0;
  /** Who watches over MQTT sees a gap in the count, so what is not told there has one of its own. */
  #untoldSequence = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the event is committed.
   *
   * A caller that does not wait may leave the promise alone: its rejection is then the store's to report.
   *
   * @param about what is known of the event's call now; its record with the last event
   * @throws CrosspointError store.full, store.closed
   */
  record(event: DomainEvent, about?: CallFacts | CallRecord): Promise<void> {
    const { store, clock, box, bootId, webhooks, registered, stored } = this.#options;
    const targets = [...targetsOf(event, webhooks), ...(registered?.(event) ?? [])];
    const envelope: Envelope = {
      version: ENVELOPE_VERSION,
      id: newId<EventId>(),
      box,
      bootId,
      sequence: targets.includes(MQTT_TARGET) ? ++this.#sequence : ++this.#untoldSequence,
      project: projectOf(event),
      time: event.time,
      event,
    };
    const newEvent: NewEvent = {
      id: envelope.id,
      key: keyOf(event),
      recordedAt: clock.now(),
      targets,
      body: JSON.stringify(envelope),
    };
    const promise = store.record(newEvent, changeBy(event, about)).then(row => {
      if (row !== null) stored(row, envelope, targets);
    });
    promise.catch(() => undefined);
    return promise;
  }
}

/** What an event changes about what there is. */
function changeBy(event: DomainEvent, about: CallFacts | CallRecord | undefined): LiveChange | null {
  if (event.type === 'lastWordsKept')
    return { kind: 'words', id: event.call.id, lastWords: JSON.stringify(event.tellings) };
  if (isRecordingEvent(event) || isArchiveEvent(event) || isScriptEvent(event)) return null;
  return isCallEvent(event) ? callChange(event, about) : memberChange(event);
}

function memberChange(event: SessionEvent): LiveMemberChange | null {
  switch (event.type) {
    case 'sessionCreated':
    case 'sessionDestroyed':
      return null;
    case 'connectionCreated':
      return { kind: 'enter', member: { id: event.connection.id, since: event.time, event: JSON.stringify(event) } };
    case 'streamCreated':
      return { kind: 'enter', member: { id: event.stream.id, since: event.time, event: JSON.stringify(event) } };
    case 'connectionDestroyed':
      return { kind: 'leave', id: event.connection.id };
    case 'streamDestroyed':
      return { kind: 'leave', id: event.stream.id };
  }
}

function callChange(event: CallEvent, about: CallFacts | CallRecord | undefined): LiveCallChange | null {
  const facts = about === undefined ? null : JSON.stringify(about);
  switch (event.type) {
    case 'callCreated': {
      const { id, project, session, connection, createdAt } = event.call;
      return { kind: 'begin', call: { id, project, session, connection, createdAt, state: 'DIALING', facts } };
    }
    case 'callUpdated':
      return { kind: 'move', id: event.call.id, state: event.state, facts };
    case 'callMediaChanged':
    case 'callMuteChanged':
    case 'callDigit':
    case 'callPlayEnded':
      return null;
    case 'callDestroyed':
      return { kind: 'end', id: event.call.id, record: facts === null ? null : storedRecord(event.call, facts) };
  }
}

function storedRecord({ id, project, createdAt }: CallRef, record: string): StoredCallRecord {
  return { id, project, createdAt, record };
}
