import { Value } from 'typebox/value';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallId, ConnectionId, EventId, SessionId, StreamId } from '../base/ids.ts';
import { newArchive } from '../sessions/archives/new-archive.ts';
import type { SessionEvent } from '../sessions/events.ts';
import { type Envelope, projectOf } from './envelope.ts';
import type { DomainEvent } from './event-recorder.ts';
import { lifeOf, newCall, project } from './events.fixture.ts';
import { mqttMessage } from './mqtt-message.ts';
import { callTopic, statusTopic } from './topic-names.ts';
import { ArchiveMessage, SessionMessage } from './topics.ts';
import { CallMessage } from './topics-call.ts';

function envelope(event: DomainEvent): Envelope {
  const id = 'e1' as EventId;
  return { version: 1, id, box: 'b1', bootId: 'boot', sequence: 7, project: projectOf(event), time: event.time, event };
}

const header = { version: 1, id: 'e1', box: 'b1', bootId: 'boot', sequence: 7, project };

for (const event of lifeOf(newCall({ id: 'c1' as CallId }))) {
  test(`${event.type} ${'state' in event ? event.state : ''} fits its schema and its topic`, () => {
    const { topic, payload } = mqttMessage(envelope(event));
    assert.is(topic, `crosspoint/b1/project/${project}/call/c1/event`);
    assert.ok(Value.Check(CallMessage, payload), JSON.stringify([...Value.Errors(CallMessage, payload)]));
    assert.is(payload.event, event.type);
    const { version, id, box, bootId, sequence, project: of } = payload;
    assert.equal({ version, id, box, bootId, sequence, project: of }, header);
  });
}

for (const present of [true, false]) {
  test(`a problem of the media that is ${present ? 'there' : 'over'} fits its schema and its topic`, () => {
    const problem = { side: 'second', kind: 'no-media', direction: 'received', hop: 'network', since: 5 } as const;
    const call = newCall({ id: 'c1' as CallId });
    const { topic, payload } = mqttMessage(envelope({ type: 'callMediaChanged', time: 9, call, problem, present }));
    assert.is(topic, `crosspoint/b1/project/${project}/call/c1/event`);
    assert.ok(Value.Check(CallMessage, payload), JSON.stringify([...Value.Errors(CallMessage, payload)]));
    assert.ok('problem' in payload && payload.present === present);
    assert.equal(payload.problem, problem);
  });
}

test('a call that is muted or unmuted fits its schema', () => {
  for (const by of ['moderator', 'participant', 'operator'] as const) {
    const call = newCall({ id: 'c1' as CallId });
    const { payload } = mqttMessage(envelope({ type: 'callMuteChanged', time: 9, call, muted: true, by }));
    assert.ok(Value.Check(CallMessage, payload), JSON.stringify([...Value.Errors(CallMessage, payload)]));
    assert.equal([payload.event, 'muted' in payload && payload.muted], ['callMuteChanged', true]);
  }
});

for (const digit of ['#', null]) {
  test(`a key that was pressed fits its schema and its topic, ${digit === null ? 'untold' : 'told'}`, () => {
    const pressed = { side: 'first', digit, durationMs: 120, source: 'inband' } as const;
    const call = newCall({ id: 'c1' as CallId });
    const { topic, payload } = mqttMessage(envelope({ type: 'callDigit', time: 9, call, ...pressed }));
    assert.is(topic, `crosspoint/b1/project/${project}/call/c1/event`);
    assert.ok(Value.Check(CallMessage, payload), JSON.stringify([...Value.Errors(CallMessage, payload)]));
    assert.ok('digit' in payload);
    assert.equal({ ...pressed, ...payload }, payload);
  });
}

test('a call in no session fits too', () => {
  const { payload } = mqttMessage(envelope(lifeOf(newCall({ session: null, connection: null }))[0]!));
  assert.ok(Value.Check(CallMessage, payload));
});

const base = { time: 5, project, session: 's/1' as SessionId };
const connection = { id: 'k' as ConnectionId, createdAt: 1, data: 'for the application alone' };
const stream = { id: 't' as StreamId, createdAt: 2, name: 'n' };
const sessionEvents: readonly SessionEvent[] = [
  { ...base, type: 'sessionCreated' },
  { ...base, type: 'sessionDestroyed' },
  { ...base, type: 'connectionCreated', connection },
  { ...base, type: 'connectionDestroyed', connection, reason: 'clientDisconnected' },
  { ...base, type: 'streamCreated', connection, stream },
  { ...base, type: 'streamDestroyed', connection, stream, reason: 'forceUnpublished' },
];

for (const event of sessionEvents) {
  test(`${event.type} fits its schema, and tells nothing that was meant for the application`, () => {
    const { topic, payload } = mqttMessage(envelope(event));
    assert.is(topic, `crosspoint/b1/project/${project}/session/s%2F1/event`);
    assert.ok(Value.Check(SessionMessage, payload), JSON.stringify([...Value.Errors(SessionMessage, payload)]));
    assert.not.match(JSON.stringify(payload), 'application alone');
  });
}

test('an archive event fits its schema, and its topic stands beside that of recordings', () => {
  const archive = newArchive({ sessionId: base.session }, { id: base.session, project }, 1);
  const { topic, payload } = mqttMessage(envelope({ ...base, type: 'archiveStatus', archive }));
  assert.is(topic, `crosspoint/b1/project/${project}/session/s%2F1/archive`);
  assert.ok(Value.Check(ArchiveMessage, payload), JSON.stringify([...Value.Errors(ArchiveMessage, payload)]));
});

test('a name cannot break out of its level of the topic', () => {
  assert.is(statusTopic('a/b+c#d%e'), 'crosspoint/a%2Fb%2Bc%23d%25e/status');
  assert.is(callTopic('b', '#', '+').split('/').length, 7);
});

test.run();
