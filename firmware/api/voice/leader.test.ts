import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import type { Continuation } from '../../scripts/action.ts';
import type { Happening, Telling } from '../../scripts/leader.ts';
import type { Outcome } from '../../scripts/outcome.ts';
import type { ScriptedCall } from '../../scripts/scripted-call.ts';
import type { WebFailure } from '../../scripts/web.ts';
import { numberApplication } from './application.ts';
import { endedSo } from './call-status.ts';
import { VoiceLeader, type VoiceTerms } from './leader.ts';

const UUID = '11111111-2222-4333-8444-555555555555';
const NOW = Date.parse('2026-01-02T03:04:05.678Z');
const timestamp = '2026-01-02T03:04:05.678Z';
const about = { from: '442079460000', to: '447700900000', uuid: UUID, conversation_uuid: `CON-${UUID}` };

function callOf(change: Partial<Record<'direction' | 'from' | 'to' | 'id', string>> = {}): ScriptedCall {
  const call = {
    direction: 'inbound',
    from: 'sip:+442079460000@carrier.example.com',
    to: '+447700900000',
    headers: [
      ['X-OpenTok-SessionId', '2_MX40'],
      ['x-Case', 'b c'],
      ['X-Nexmo-Thing', 'hidden'],
    ],
    stages: { ringingAt: NOW - 9000, activeAt: NOW - 7000, endedAt: NOW },
    clock: new ManualClock(NOW),
    ...change,
  };
  return { id: change.id ?? UUID, call } as unknown as ScriptedCall;
}

const events = { url: 'https://app/events', method: 'POST' } as const;
const usual: VoiceTerms = {
  first: { url: 'https://app/answer', method: 'GET' },
  events,
  fallback: { url: 'https://app/fallback', method: 'GET' },
  from: null,
  to: null,
  recordingUrl: id => `https://box/v1/files/${id}`,
};
const leader = (change: Partial<VoiceTerms> = {}, call = callOf()) => new VoiceLeader({ ...usual, ...change }, call);

const asked = (target: Continuation['target'], outcome: Outcome, form?: string, failed: WebFailure | null = null) => {
  const { url, method, body, headers } = leader().ask({ target, ...(form && { form }) }, outcome, failed);
  if (method === 'GET') assert.is(body, null);
  else assert.is(headers['content-type'], 'application/json');
  return method === 'GET' ? Object.fromEntries(url.searchParams) : JSON.parse(body ?? '');
};
const told = (happening: Happening, by = leader()): (readonly [url: string, fields: unknown])[] =>
  by.happened(happening).map(({ url, fields }: Telling) => [url, fields] as const);

test('the answer webhook has the headers of the INVITE, as they were written, and numbers without plus', () => {
  const expected = { 'SipHeader_X-OpenTok-SessionId': '2_MX40', 'SipHeader_x-Case': 'b c', ...about };
  assert.equal(asked({ url: 'https://app/answer', method: 'POST' }, { kind: 'begun' }), expected);
  assert.equal(asked({ url: 'https://app/answer?own=1', method: 'GET' }, { kind: 'begun' }), { own: '1', ...expected });
});

test('a fallback is told why it is asked', () => {
  const target = { url: 'https://app/answer', method: 'GET' } as const;
  const failed: WebFailure = { code: 'script.fetch-status', message: 'the answer was 503', status: 503, target };
  const { reason, original_request } = asked({ url: 'https://app/f', method: 'POST' }, { kind: 'begun' }, '', failed);
  assert.equal([reason, original_request], ['the answer was 503', { url: 'https://app/answer', type: 'answer' }]);
});

test('keys are told as a text in the legacy form, and as an object with a type', () => {
  const gathered: Outcome = { kind: 'gathered', digits: '1234', finishedBy: null, timedOut: false };
  assert.equal(asked(events, gathered, 'input-legacy'), { ...about, timed_out: false, dtmf: '1234', timestamp });
  const typed = { ...about, dtmf: { digits: '1234', timed_out: false }, speech: { results: [] }, timestamp };
  assert.equal(asked(events, gathered, 'input'), typed);
  const query = asked(
    { url: 'https://app/e', method: 'GET' },
    { ...gathered, digits: '', timedOut: true },
    'input-legacy',
  );
  assert.equal(query, { ...about, timed_out: 'true', dtmf: '', timestamp });
});

test('a notification is its payload, with what it is of', () => {
  const body = asked(events, { kind: 'notified', payload: { foo: 'bar' } }, 'notify');
  const { uuid, conversation_uuid } = about;
  assert.equal(body, { foo: 'bar', payload: { foo: 'bar' }, uuid, conversation_uuid, timestamp });
});

test('every status is told with what belongs to it', () => {
  const base = { ...about, direction: 'inbound', timestamp };
  const free = { rate: '0.00', network: null };
  assert.equal(told({ kind: 'initiated' }), [[events.url, { ...base, status: 'started' }]]);
  assert.equal(told({ kind: 'ringing' }), [[events.url, { ...base, status: 'ringing' }]]);
  assert.equal(told({ kind: 'answered' }), [[events.url, { ...base, status: 'answered', start_time: null, ...free }]]);
  const verdict = { code: '700', message: 'Normal Clearing', retriable: false, endedBy: 'caller' } as const;
  assert.equal(told({ kind: 'ended', verdict, by: 'far-end', seconds: 7 }), [
    [
      events.url,
      {
        ...base,
        status: 'completed',
        start_time: '2026-01-02T03:03:58.678Z',
        end_time: timestamp,
        duration: '7',
        price: '0.00',
        ...free,
      },
    ],
  ]);
  const busy = { ...verdict, code: '480' };
  assert.equal(told({ kind: 'ended', verdict: busy, by: 'far-end', seconds: null }), [
    [events.url, { ...base, status: 'unanswered', detail: 'unavailable' }],
  ]);
  assert.equal(told({ kind: 'initiated' }, leader({ events: null })), []);
});

test('SIP statuses have the names that the vendor gives them', () => {
  const cases: readonly (readonly [code: string, told: string, detail?: string])[] = [
    ['486', 'busy'],
    ['600', 'busy'],
    ['603', 'rejected declined'],
    ['403', 'rejected restricted'],
    ['404', 'failed number_out_of_service'],
    ['484', 'failed number_out_of_service'],
    ['604', 'failed number_out_of_service'],
    ['408', 'unanswered timeout'],
    ['480', 'unanswered unavailable'],
    ['487', 'timeout', 'it rang for 60 s'],
    ['487', 'cancelled'],
    ['488', 'failed cannot_route'],
    ['503', 'failed cannot_route'],
    ['703', 'failed internal_error'],
  ];
  for (const [code, expected, detail] of cases) {
    const so = endedSo({ code, endedBy: 'callee', ...(detail !== undefined && { detail }) }, false);
    assert.is(Object.values(so).join(' '), expected, code);
  }
});

test('what is wrong with a document is an error event', () => {
  const error = (reason: string) => [[events.url, { reason, conversation_uuid: `CON-${UUID}`, timestamp }]];
  const target = { url: 'https://app/answer', method: 'GET' } as const;
  const failure: WebFailure = { code: 'script.not-a-script', message: 'no NCCO', status: null, target };
  assert.equal(told({ kind: 'document-failed', failure, next: 'hang-up' }), error('no NCCO'));
  const { warnings } = leader().compile([{ action: 'conversation' }]);
  assert.equal(
    told({ kind: 'warned', url: null, warnings }),
    error('NCCO: [0].name: A conversation needs a name: the call ends there'),
  );
  const unknown = leader().compile([{ action: 'talk', text: 'a', colour: 'red' }]).warnings;
  assert.equal(told({ kind: 'warned', url: null, warnings: unknown }), []);
});

test('a call that goes into a conversation, or is led elsewhere, is told as transferred, and is there', () => {
  const by = leader();
  const roomId = 'aaaaaaaa-0000-4000-8000-000000000000';
  const conference = { kind: 'conference', session: 's', roomId, events: null, action: {} } as unknown as Extract<
    Happening,
    { kind: 'conference' }
  >;
  const joined = [
    [
      events.url,
      { conversation_uuid_from: `CON-${UUID}`, conversation_uuid_to: `CON-${roomId}`, uuid: UUID, timestamp },
    ],
  ];
  assert.equal(told({ ...conference, what: 'start' }, by), []);
  assert.equal(told({ ...conference, what: 'join' }, by), joined);
  assert.is(by.conversation, `CON-${roomId}`);
  const [moved] = told({ kind: 'transferred', from: 'x', to: null }, by);
  const { conversation_uuid_from, conversation_uuid_to } = (moved?.[1] ?? {}) as Record<string, string>;
  assert.equal([conversation_uuid_from, conversation_uuid_to], [`CON-${roomId}`, by.conversation]);
  told({ ...conference, what: 'leave' }, by);
  assert.is(by.conversation, conversation_uuid_to);
});

test('a recording is told with its link, where the action says', () => {
  const recorded = { id: 'r1', seconds: 2, bytes: 32_044, startedAt: NOW - 2000, endedAt: NOW };
  const terms = { format: 'wav', channels: 'mono', events: { url: 'https://app/rec', method: 'POST' } } as const;
  const happening = { kind: 'recording', source: 'record', terms, id: 'r1' } as const;
  assert.equal(told({ ...happening, what: 'started', recorded: null }), []);
  assert.equal(told({ ...happening, what: 'completed', recorded }), [
    [
      'https://app/rec',
      {
        start_time: '2026-01-02T03:04:03.678Z',
        recording_url: 'https://box/v1/files/r1',
        size: 32_044,
        recording_uuid: 'r1',
        end_time: timestamp,
        conversation_uuid: `CON-${UUID}`,
        timestamp,
      },
    ],
  ]);
});

test('a synchronous connect tells the end of its call by the request alone', () => {
  const by = leader();
  const [action] = by.compile([
    {
      action: 'connect',
      endpoint: [{ type: 'phone', number: '4930' }],
      eventType: 'synchronous',
      eventUrl: ['https://app/c'],
    },
  ]).actions;
  assert.ok(action?.kind === 'connect' && action.targets[0] && action.next);
  const id = '99999999-2222-4333-8444-555555555555';
  const child = by.child(action.targets[0], callOf({ id, direction: 'outbound', from: 'sip:447700900000@box' }));
  const verdict = { code: '486', message: 'Busy', retriable: true, endedBy: 'callee' } as const;
  assert.equal(child.first, null);
  assert.is(told({ kind: 'ringing' }, child)[0]?.[0], 'https://app/c');
  assert.equal(told({ kind: 'ended', verdict, by: 'far-end', seconds: null }, child), []);
  const outcome: Outcome = {
    kind: 'connected',
    child: id as Extract<Outcome, { kind: 'connected' }>['child'],
    result: 'busy',
    seconds: null,
    sipCallId: null,
    status: 486,
    headers: [],
    recorded: null,
  };
  assert.equal(JSON.parse(by.ask(action.next, outcome, null).body ?? ''), {
    from: '447700900000',
    to: '4930',
    uuid: id,
    conversation_uuid: `CON-${UUID}`,
    status: 'busy',
    direction: 'outbound',
    timestamp,
  });
});

test('the answer to an event may be anything, and only a list is an NCCO', () => {
  const by = leader();
  const document = (text: string) => ({ url: new URL('https://app/e'), contentType: 'text/plain', text });
  by.ask({ target: events }, { kind: 'notified', payload: 1 }, null);
  for (const text of ['', 'OK', '{}', '<html>']) assert.is(by.read(document(text)), null);
  assert.is(by.read(document(' [{"action":"wait"}]'))?.actions.length, 1);
  by.ask({ target: events }, { kind: 'redirected' }, null);
  assert.throws(() => by.read(document('OK')), /no NCCO/);
});

test('keys are told one by one where somebody listens', () => {
  const by = leader();
  assert.equal(by.pressed('1'), []);
  by.keysTo = events;
  const [telling] = by.pressed('#');
  assert.equal(telling?.fields.dtmf, { digits: '#', timed_out: false });
});

test("a number's calls are led by its URLs", () => {
  const number = {
    msisdn: '+447700900000',
    answerUrl: 'https://app/a',
    answerMethod: 'POST',
    eventMethod: 'GET',
  } as const;
  const project = { id: UUID } as unknown as Parameters<typeof numberApplication>[0];
  const application = numberApplication(project, { ...number, fallbackUrl: 'https://app/f' }, () => '');
  const { first, fallback } = application.lead(callOf());
  assert.equal(fallback, { url: 'https://app/f', method: 'POST' });
  assert.equal(first, { kind: 'fetch', target: { url: 'https://app/a', method: 'POST' }, fallback });
});

test.run();
