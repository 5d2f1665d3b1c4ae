import type { CallEvent } from '../calls/events.ts';
import type { Verdict } from '../calls/verdict.ts';
import { archiveView } from '../sessions/archives/archive-view.ts';
import type { SessionEvent } from '../sessions/events.ts';
import { type Envelope, isArchiveEvent, isCallEvent, isRecordingEvent, isScriptEvent } from './envelope.ts';
import { archiveTopic, callRecordingTopic, callTopic, recordingTopic, sessionTopic } from './topic-names.ts';
import type { ArchiveMessage, RecordingMessage, SessionMessage } from './topics.ts';
import type { CallMessage } from './topics-call.ts';

export interface MqttMessage {
  readonly topic: string;
  readonly payload: CallMessage | SessionMessage | RecordingMessage | ArchiveMessage;
}

/** An event as operators see it; see topics.ts for the schema. */
export function mqttMessage({ event, version, id, box, bootId, sequence, project, time }: Envelope): MqttMessage {
  const common = { version, id, box, bootId, sequence, project, time };
  if (isCallEvent(event)) {
    return { topic: callTopic(box, project, event.call.id), payload: { ...common, ...callPart(event) } };
  }
  if (isScriptEvent(event)) {
    const { id: callId, session, connection, createdAt } = event.call;
    const call = { id: callId, session, connection, createdAt };
    // What is for an application alone does not come here (targets.ts).
    const { url, warnings } = event.type === 'scriptWarned' ? event : { url: null, warnings: [] };
    return {
      topic: callTopic(box, project, callId),
      payload: { ...common, event: 'scriptWarned', call, url, warnings: [...warnings] },
    };
  }
  if (isRecordingEvent(event)) {
    const { type, session, recording } = event;
    const topic =
      session === null ? callRecordingTopic(box, project, recording.call ?? '') : recordingTopic(box, project, session);
    return { topic, payload: { ...common, session, event: type, recording } };
  }
  if (isArchiveEvent(event)) {
    const { type, session } = event;
    const archive = { ...archiveView(event.archive, null), url: null };
    return { topic: archiveTopic(box, project, session), payload: { ...common, session, event: type, archive } };
  }
  return {
    topic: sessionTopic(box, project, event.session),
    payload: { ...common, session: event.session, ...sessionPart(event) },
  };
}

type Header = 'version' | 'id' | 'box' | 'bootId' | 'sequence' | 'project' | 'time';
type Without<Message, Keys extends string> = Message extends unknown ? Omit<Message, Keys> : never;

function callPart(event: CallEvent): Without<CallMessage, Header> {
  const { id, session, connection, createdAt } = event.call;
  const call = { id, session, connection, createdAt };
  switch (event.type) {
    case 'callCreated':
      return { event: event.type, call };
    case 'callUpdated':
      return { event: event.type, call, state: event.state };
    case 'callMediaChanged':
      return { event: event.type, call, present: event.present, problem: event.problem };
    case 'callMuteChanged':
      return { event: event.type, call, muted: event.muted, by: event.by };
    case 'callDigit': {
      const { side, digit, durationMs, source } = event;
      return { event: event.type, call, side, digit, durationMs, source };
    }
    case 'callPlayEnded': {
      const { player, reason, playedMs } = event;
      return { event: event.type, call, player, reason, playedMs };
    }
    case 'callDestroyed':
      return { event: event.type, call, reason: verdictPart(event.reason) };
  }
}

/** Not what we only need ourselves. */
function verdictPart({ code, message, retriable, endedBy, detail }: Verdict) {
  return { code, message, retriable, endedBy, detail: detail ?? null };
}

function sessionPart(event: SessionEvent): Without<SessionMessage, Header | 'session'> {
  switch (event.type) {
    case 'sessionCreated':
    case 'sessionDestroyed':
      return { event: event.type };
    case 'connectionCreated':
    case 'connectionDestroyed': {
      const { id, createdAt } = event.connection;
      const reason = event.type === 'connectionDestroyed' ? event.reason : null;
      return { event: event.type, connection: { id, createdAt }, reason };
    }
    case 'streamCreated':
    case 'streamDestroyed': {
      const { id, createdAt } = event.connection;
      const { stream } = event;
      const reason = event.type === 'streamDestroyed' ? event.reason : null;
      return {
        event: event.type,
        connection: { id, createdAt },
        stream: { id: stream.id, createdAt: stream.createdAt, name: stream.name },
        reason,
      };
    }
  }
}
