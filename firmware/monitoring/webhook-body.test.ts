import { Value } from 'typebox/value';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallId, ConnectionId, EventId, ProjectId, SessionId, StreamId } from '../base/ids.ts';
import { sipFailure } from '../calls/reasons.ts';
import { verdictOf } from '../calls/verdict.ts';
import { newArchive } from '../sessions/archives/new-archive.ts';
import { type Envelope, parseEnvelope, projectOf } from './envelope.ts';
import type { DomainEvent } from './event-recorder.ts';
import { webhookBody } from './webhook-body.ts';
import { WebhookBody } from './webhooks/bodies.ts';

const call = {
  id: 'call-1' as CallId,
  project: '46000001' as ProjectId,
  session: '2_s' as SessionId,
  connection: 'conn-1' as ConnectionId,
  createdAt: 1000,
};
const connection = { id: 'conn-1' as ConnectionId, createdAt: 1000, data: 'name=Ann' };
const stream = { id: 'stream-1' as StreamId, createdAt: 1001, name: 'Ann' };
const ofSession = { time: 2000, project: call.project, session: call.session };

const archive = newArchive({ sessionId: '2_s', name: 'Monday' }, { id: call.session, project: call.project }, 1000);

const callBody = {
  sessionId: '2_s',
  projectId: '46000001',
  timestamp: 2000,
  call: { id: 'call-1', connectionId: 'conn-1', createdAt: 1000 },
};
const sessionBody = { sessionId: '2_s', projectId: '46000001', timestamp: 2000 };

const cases: readonly (readonly [DomainEvent, Record<string, unknown>])[] = [
  [
    { type: 'callCreated', time: 2000, call },
    { ...callBody, event: 'callCreated' },
  ],
  [
    { type: 'callUpdated', time: 2000, call, state: 'RINGING' },
    { ...callBody, event: 'callUpdated', state: 'RINGING' },
  ],
  [
    { type: 'callMuteChanged', time: 2000, call, muted: true, by: 'moderator' },
    { ...callBody, event: 'muteForced' },
  ],
  [
    { type: 'callDestroyed', time: 2000, call, reason: verdictOf(sipFailure(486, 'Busy Here'), 'far-end', 'outbound') },
    { ...callBody, event: 'callDestroyed', reason_code: '486', reason_message: 'Busy Here' },
  ],
  [
    { ...ofSession, type: 'sessionCreated' },
    { ...sessionBody, event: 'sessionCreated' },
  ],
  [
    { ...ofSession, type: 'sessionDestroyed' },
    { ...sessionBody, event: 'sessionDestroyed' },
  ],
  [
    { ...ofSession, type: 'connectionCreated', connection },
    { ...sessionBody, event: 'connectionCreated', connection },
  ],
  [
    { ...ofSession, type: 'connectionDestroyed', connection, reason: 'forceDisconnected' },
    { ...sessionBody, event: 'connectionDestroyed', connection, reason: 'forceDisconnected' },
  ],
  [
    { ...ofSession, type: 'streamCreated', connection, stream },
    { ...sessionBody, event: 'streamCreated', stream: { ...stream, connection } },
  ],
  [
    { ...ofSession, type: 'streamDestroyed', connection, stream, reason: 'mediaStopped' },
    { ...sessionBody, event: 'streamDestroyed', stream: { ...stream, connection }, reason: 'mediaStopped' },
  ],
  [
    { ...ofSession, type: 'archiveStatus', archive },
    {
      event: 'archive',
      id: archive.id,
      status: 'started',
      name: 'Monday',
      reason: '',
      sessionId: '2_s',
      projectId: '46000001',
      partnerId: '46000001',
      createdAt: 1000,
      timestamp: 2000,
      size: 0,
      duration: 0,
      outputMode: 'composed',
      streamMode: 'auto',
      hasAudio: true,
      hasVideo: false,
      resolution: null,
      url: null,
    },
  ],
];

test('what no webhook is told of has no body', () => {
  const event = { type: 'callMuteChanged', time: 2000, call, muted: true, by: 'operator' } as const;
  const header = { version: 1, id: 'e' as EventId, box: 'box', bootId: 'boot', sequence: 1 } as const;
  assert.is(webhookBody({ ...header, project: call.project, time: 2000, event }), null);
});

for (const [event, expected] of cases) {
  test(`${event.type} has exactly the body of the contract, also after it was stored`, () => {
    const project = projectOf(event);
    const header = { version: 1, id: 'e' as EventId, box: 'box', bootId: 'boot', sequence: 1, project } as const;
    const envelope: Envelope = { ...header, time: event.time, event };
    assert.equal(webhookBody(envelope), expected);
    const strange = [...Value.Errors(WebhookBody, webhookBody(envelope))];
    assert.ok(strange.length === 0, JSON.stringify(strange));
    const restored = parseEnvelope(JSON.stringify(envelope));
    assert.equal(JSON.parse(JSON.stringify(webhookBody(restored!))), expected);
  });
}

for (const body of ['', 'null', '[]', '{"version":2}', '{}', '{']) {
  test(`a stored body that reads ${body || 'nothing'} is not taken for an envelope`, () =>
    assert.is(parseEnvelope(body), null));
}

test.run();
