import type { CallEvent } from '../calls/events.ts';
import { archiveView } from '../sessions/archives/archive-view.ts';
import type { ArchiveEvent } from '../sessions/archives/events.ts';
import type { ConnectionRef, SessionEvent } from '../sessions/events.ts';
import { type Envelope, isArchiveEvent, isCallEvent, isRecordingEvent, isScriptEvent } from './envelope.ts';
import { isForced } from './targets.ts';
import type { WebhookBody } from './webhooks/bodies.ts';

/**
 * The JSON that a project's webhook receives: CONTRACT §1.12 for calls, §1.13 for sessions, §1.11 for archives; null of an event
 * that no webhook is told of.
 */
export function webhookBody({ project, time, event }: Envelope): WebhookBody | null {
  const projectId = String(project);
  if (isCallEvent(event)) return callBody(event, projectId, time);
  if (isRecordingEvent(event) || isScriptEvent(event)) return null;
  if (isArchiveEvent(event)) return archiveBody(event, time);
  return sessionBody(event, projectId, time);
}

function callBody(event: CallEvent, projectId: string, timestamp: number): WebhookBody | null {
  const { id, connection, createdAt, session } = event.call;
  const common = { sessionId: session, projectId, timestamp, call: { id, connectionId: connection, createdAt } };
  switch (event.type) {
    case 'callCreated':
      return { event: event.type, ...common };
    case 'callUpdated':
      return { event: event.type, ...common, state: event.state };
    case 'callMuteChanged':
      return isForced(event) ? { event: 'muteForced', ...common } : null;
    case 'callMediaChanged':
    case 'callDigit':
    case 'callPlayEnded':
      return null;
    case 'callDestroyed':
      return { event: event.type, ...common, reason_code: event.reason.code, reason_message: event.reason.message };
  }
}

function sessionBody(event: SessionEvent, projectId: string, timestamp: number): WebhookBody {
  const common = { sessionId: event.session, projectId, timestamp };
  switch (event.type) {
    case 'sessionCreated':
    case 'sessionDestroyed':
      return { event: event.type, ...common };
    case 'connectionCreated':
      return { event: event.type, ...common, connection: connectionBody(event) };
    case 'connectionDestroyed':
      return { event: event.type, ...common, connection: connectionBody(event), reason: event.reason };
    case 'streamCreated':
      return { event: event.type, ...common, stream: { ...event.stream, connection: connectionBody(event) } };
    case 'streamDestroyed':
      return {
        event: event.type,
        ...common,
        stream: { ...event.stream, connection: connectionBody(event) },
        reason: event.reason,
      };
  }
}

/** A link to its file would be a credential on disk. */
function archiveBody({ archive }: ArchiveEvent, timestamp: number): WebhookBody {
  return { ...archiveView(archive, null), url: null, event: 'archive', partnerId: archive.project, timestamp };
}

function connectionBody({ connection: { id, createdAt, data } }: { readonly connection: ConnectionRef }) {
  return { id, createdAt, data };
}
