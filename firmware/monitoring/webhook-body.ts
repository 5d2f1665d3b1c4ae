import type { ConnectionRef } from '../sessions/events.ts';
import { type Envelope, isCallEvent, isRecordingEvent } from './envelope.ts';

/** The JSON that a project's webhook receives: CONTRACT §1.12 for calls, §1.13 for sessions. */
export function webhookBody({ project, time, event }: Envelope): Record<string, unknown> {
  if (isCallEvent(event)) {
    const { id, connection, createdAt, session } = event.call;
    const common = {
      sessionId: session,
      projectId: String(project),
      event: event.type,
      timestamp: time,
      call: { id, connectionId: connection, createdAt },
    };
    switch (event.type) {
      case 'callCreated':
        return common;
      case 'callUpdated':
        return { ...common, state: event.state };
      case 'callMediaChanged':
      case 'callMuteChanged':
      case 'callDigit':
      case 'callPlayEnded':
        return common;
      case 'callDestroyed':
        return { ...common, reason_code: event.reason.code, reason_message: event.reason.message };
    }
  }
  const common = { sessionId: event.session, projectId: String(project), event: event.type, timestamp: time };
  if (isRecordingEvent(event)) return common;
  switch (event.type) {
    case 'sessionCreated':
    case 'sessionDestroyed':
      return common;
    case 'connectionCreated':
      return { ...common, connection: connectionBody(event.connection) };
    case 'connectionDestroyed':
      return { ...common, connection: connectionBody(event.connection), reason: event.reason };
    case 'streamCreated':
      return { ...common, stream: { ...event.stream, connection: connectionBody(event.connection) } };
    case 'streamDestroyed':
      return {
        ...common,
        stream: { ...event.stream, connection: connectionBody(event.connection) },
        reason: event.reason,
      };
  }
}

function connectionBody({ id, createdAt, data }: ConnectionRef): Record<string, unknown> {
  return { id, createdAt, data };
}
