import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { because, endReasons, killed, LOST, notStored, shutDown, unacknowledged } from '../calls/reasons.ts';
import { type CallMediaRecord, mediaFigures } from '../quality/call-media.ts';
import { figures } from '../quality/quality.samples.ts';
import { newEnd, newRecord, newSide, newTry, unansweredRecord } from '../records/call-record.fixture.ts';
import type { CallProblem, CallRecord, FarEndSaid } from '../records/call-record.ts';
import { judgedOf } from './judged.ts';
import { rules, verdictOn } from './verdict-on.ts';

type Expected = { side: string; says: RegExp; evidence?: Record<string, string[]> };
type Case = [name: string, rule: string, record: CallRecord, expected: Expected, media?: CallMediaRecord];

const ended = newRecord().endedAt;
const answeredAt = newRecord().activeAt ?? 0;

function problem(code: string, message: string, over: Partial<CallProblem> = {}): CallProblem {
  return { code, message, ours: null, theirs: null, ...over };
}

function said(over: Partial<FarEndSaid>): FarEndSaid {
  return { warning: null, reason: null, retryAfter: null, server: null, realm: null, username: null, ...over };
}

/** A call that broke off here. */
function brokenOff(detail: string | undefined, over: Partial<CallRecord> = {}): CallRecord {
  return newRecord({
    reason: newEnd({ ...endReasons.unexpectedClearing, endedBy: 'box', detail: detail ?? null }),
    ...over,
  });
}

function refusedBy(status: number, message: string, over: Partial<CallRecord> = {}): CallRecord {
  const tries = [newTry({ outcome: 'response', status, detail: message })];
  return unansweredRecord({ code: String(status), message }, { tries, ...over });
}

function unreached(outcome: 'timeout' | 'refused' | 'tls' | 'dns' | 'network', detail: string): CallRecord {
  const hop = outcome === 'dns' ? null : 'tls 192.0.2.9:5061';
  return unansweredRecord(
    { code: outcome === 'timeout' ? '408' : '503', message: 'x', detail },
    {
      tries: [
        newTry({ outcome: 'timeout', status: null, detail: 'no response in time' }),
        newTry({ outcome, hop, status: null, detail }),
      ],
    },
  );
}

function heard(
  problems: CallMediaRecord['problems'] = [],
  change: Partial<typeof figures.received> = {},
): CallMediaRecord {
  const call = mediaFigures({ ...figures, received: { ...figures.received, ...change } });
  return { call: 'x', project: 'y', endedAt: ended, legs: [{ leg: 'leg-1', side: 'first', call }], problems };
}

const silent = {
  side: 'first',
  kind: 'no-media',
  direction: 'received',
  hop: 'unknown',
  since: ended - 20_000,
  until: ended,
} as const;
const deaf = {
  side: 'first',
  kind: 'not-heard',
  direction: 'sent',
  hop: 'network',
  since: ended - 21_000,
  until: ended,
} as const;

const inbound: Partial<CallRecord> = {
  direction: 'inbound',
  tries: [],
  target: null,
  trunks: { in: 'pbx', out: null },
};

const cases: Case[] = [
  [
    'a killed service',
    'service-killed',
    brokenOff(killed.detail),
    { side: 'box', says: /killed while the call was answered/ },
  ],
  ['a service that was stopped', 'service-shut-down', brokenOff(shutDown.detail), { side: 'box', says: /drain it/ }],
  [
    'a media worker that died',
    'media-worker-lost',
    brokenOff('the media worker ended'),
    { side: 'box', says: /media worker/ },
  ],
  [
    'an ACK that never came, with the Contact that we had given',
    'ack-missing',
    brokenOff(unacknowledged.detail, { ...inbound, contact: '<sip:100@10.0.0.5:5060>' }),
    {
      side: 'network',
      says: /ACK was to come to <sip:100@10\.0\.0\.5:5060>.*advertise/,
      evidence: { contact: ['<sip:100@10.0.0.5:5060>'] },
    },
  ],
  [
    'a session that was not refreshed',
    'session-timer-expired',
    brokenOff(LOST['session-timer']),
    { side: 'network', says: /did not refresh.*sip\.sessionTimer/, evidence: { farEnd: ['udp 192.0.2.9:5060'] } },
  ],
  [
    'a far end that forgot the call',
    'far-end-gone',
    brokenOff(LOST.failed),
    { side: 'network', says: /did not know the call/ },
  ],
  ['a disk that took nothing', 'not-stored', brokenOff(notStored.detail), { side: 'box', says: /room on the disk/ }],
  [
    'the longest call',
    'longest-call',
    newRecord({ reason: newEnd({ ...endReasons.maxDuration, endedBy: 'box' }) }),
    { side: 'box', says: /limits\.callSeconds/, evidence: { seconds: ['60'] } },
  ],
  [
    'no codec in common, with both lists',
    'codec-mismatch',
    unansweredRecord(
      { code: '488', message: 'Not Acceptable Here', endedBy: 'box' },
      { ...inbound, problem: problem('sdp.no-common-codec', 'no', { theirs: ['G729/8000'], ours: ['opus', 'PCMU'] }) },
    ),
    {
      side: 'caller',
      says: /it: G729\/8000; here: opus, PCMU/,
      evidence: { theirs: ['G729/8000'], ours: ['opus', 'PCMU'], message: ['no'] },
    },
  ],
  [
    'SRTP required and not offered',
    'srtp-required',
    unansweredRecord(
      { code: '488', message: 'x' },
      {
        ...inbound,
        problem: problem('sdp.security-refused', 'the far end offers plain RTP, and SRTP is required here'),
      },
    ),
    { side: 'caller', says: /offers plain RTP.*switch SRTP on there/ },
  ],
  [
    'SRTP offered and not configured',
    'srtp-not-usable',
    unansweredRecord(
      { code: '488', message: 'x' },
      { ...inbound, problem: problem('sdp.security-unsupported', 'wants RTP/SAVP') },
    ),
    { side: 'caller', says: /wants RTP\/SAVP.*prefer-srtp/ },
  ],
  [
    'a description of no use',
    'description-unusable',
    brokenOff('x', { activeAt: null, problem: problem('sdp.malformed', 'it does not begin with "v=0"') }),
    { side: 'callee', says: /of no use/ },
  ],
  [
    'a number that leads nowhere here',
    'number-not-routed',
    unansweredRecord(
      { code: '404', message: 'No such number', endedBy: 'box' },
      { ...inbound, to: '4711', problem: problem('incoming.unknown-number', 'No such number') },
    ),
    { side: 'box', says: /4711 leads nowhere here.*trunk pbx/ },
  ],
  [
    'a number that is refused on purpose',
    'refused-by-route',
    unansweredRecord({ code: '603', message: 'x' }, { ...inbound, problem: problem('incoming.by-route', 'refused') }),
    { side: 'box', says: /on purpose/ },
  ],
  [
    'a destination that the policy denies',
    'policy-denied',
    unansweredRecord(
      { code: '403', message: 'x' },
      { ...inbound, problem: problem('policy.prefix-denied', 'Calls to +1900 are not allowed') },
    ),
    { side: 'box', says: /\+1900.*project 46000001/, evidence: { rule: ['policy.prefix-denied'] } },
  ],
  [
    'too many calls of a project',
    'own-limit-reached',
    unansweredRecord(
      { code: '503', message: 'x' },
      { ...inbound, problem: problem('call.too-many', 'The project has its 2 calls already') },
    ),
    { side: 'box', says: /its 2 calls already.*limits\.callsPerProject/ },
  ],
  [
    'a phone that is not registered',
    'peer-not-registered',
    unansweredRecord(
      { code: '480', message: 'x' },
      { ...inbound, problem: problem('incoming.no-target', 'Nobody is registered') },
    ),
    { side: 'callee', says: /registers here/ },
  ],
  [
    'a session that is gone',
    'session-unknown',
    unansweredRecord(
      { code: '404', message: 'x' },
      { ...inbound, problem: problem('session.unknown', 'There is no such session') },
    ),
    { side: 'box', says: /create it anew/ },
  ],
  [
    'a box without media',
    'no-media-here',
    unansweredRecord(
      { code: '503', message: 'x' },
      { ...inbound, problem: problem('media.no-port', 'no port is free') },
    ),
    { side: 'box', says: /no port is free.*media\.ports/ },
  ],
  [
    'a name that leads nowhere',
    'name-not-resolved',
    unreached('dns', 'the host carrier cannot be resolved: ENOTFOUND'),
    { side: 'box', says: /carrier could not be resolved.*sip\.dnsServers/ },
  ],
  [
    'a certificate that is not the right one',
    'tls-failed',
    unreached('tls', 'certificate has expired'),
    { side: 'callee', says: /certificate has expired/ },
  ],
  [
    'a closed port, after a target that was silent',
    'connection-refused',
    unreached('refused', 'connect ECONNREFUSED'),
    {
      side: 'callee',
      says: /Nobody listens at tls 192\.0\.2\.9:5061/,
      evidence: {
        tried: [
          'udp 192.0.2.9:5060: timeout (no response in time)',
          'tls 192.0.2.9:5061: refused (connect ECONNREFUSED)',
        ],
        trunk: ['carrier'],
      },
    },
  ],
  [
    'no way to send it',
    'not-sent',
    unreached('network', 'ENETUNREACH'),
    { side: 'network', says: /could not be sent to tls/ },
  ],
  [
    'a silent target',
    'no-response',
    unreached('timeout', 'no response (Timer B)'),
    { side: 'network', says: /did not answer \(no response \(Timer B\)\)/ },
  ],
  [
    'a phone that nobody picks up',
    'rang-too-long',
    unansweredRecord(
      { code: '487', message: 'x', detail: 'nobody answered within the ring limit' },
      { ringingAt: 5, tries: [newTry({ outcome: 'given-up', status: null, detail: 'x' })] },
    ),
    { side: 'callee', says: /rang and nobody answered.*limits\.ringSeconds/ },
  ],
  [
    'a password that is wrong, with realm and user',
    'credentials-refused',
    refusedBy(407, 'Proxy Authentication Required', { said: said({ realm: 'carrier.example', username: 'box7' }) }),
    {
      side: 'callee',
      says: /realm "carrier\.example" and did not accept those of user "box7"/,
      evidence: { realm: ['carrier.example'], username: ['box7'] },
    },
  ],
  [
    'a password that is missing',
    'credentials-refused',
    refusedBy(401, 'Unauthorized', { said: said({ realm: 'carrier.example' }) }),
    { side: 'callee', says: /none are configured/ },
  ],
  [
    'a far end that forbids it',
    'forbidden',
    refusedBy(403, 'Forbidden'),
    { side: 'callee', says: /does not allow the call/ },
  ],
  [
    'a number that is unknown there',
    'number-unknown',
    refusedBy(404, 'Not Found'),
    { side: 'callee', says: /does not know the number.*numbers\.out/ },
  ],
  ['a busy line', 'busy', refusedBy(486, 'Busy Here'), { side: 'callee', says: /busy/ }],
  ['a callee that declines', 'declined', refusedBy(603, 'Decline'), { side: 'callee', says: /declined/ }],
  [
    'a phone that is off',
    'unavailable',
    refusedBy(480, 'Temporarily Unavailable'),
    { side: 'callee', says: /registered there/ },
  ],
  [
    'an offer that was not accepted, with what was offered',
    'offer-not-accepted',
    refusedBy(488, 'Not Acceptable Here', {
      said: said({ warning: '305 pbx "Incompatible media format"' }),
      sides: [newSide({ codec: null, offered: { codecs: ['opus/48000/2', 'PCMU/8000'], protocol: 'RTP/SAVP' } })],
    }),
    { side: 'callee', says: /opus\/48000\/2, PCMU\/8000 over RTP\/SAVP \(it says: 305 pbx/ },
  ],
  [
    'a caller that gives up',
    'cancelled',
    unansweredRecord({ code: '487', message: 'x', endedBy: 'caller' }),
    { side: 'caller', says: /caller gave up/ },
  ],
  [
    'an application that gives up',
    'cancelled',
    unansweredRecord({ code: '487', message: 'x', endedBy: 'application' }),
    { side: 'application', says: /application gave/ },
  ],
  [
    'an operator that gives up',
    'cancelled',
    unansweredRecord({ code: '487', message: 'x', endedBy: 'operator' }),
    { side: 'box', says: /operator gave/ },
  ],
  ['a redirect', 'redirected', refusedBy(302, 'Moved Temporarily'), { side: 'callee', says: /go elsewhere/ }],
  [
    'a far end that is full',
    'far-end-overloaded',
    refusedBy(503, 'Service Unavailable', { said: said({ retryAfter: '30' }) }),
    { side: 'callee', says: /again in 30 s/ },
  ],
  [
    'a far end that fails',
    'far-end-failed',
    refusedBy(500, 'Server Internal Error'),
    { side: 'callee', says: /500 Server Internal Error/ },
  ],
  ['any other refusal', 'refused', refusedBy(420, 'Bad Extension'), { side: 'callee', says: /420 Bad Extension/ }],
  ['a refusal that speaks for all', 'refused', refusedBy(699, 'No'), { side: 'callee', says: /699 No/ }],
  [
    'keys that could not be agreed on',
    'media-not-secured',
    newRecord({ reason: newEnd({ ...endReasons.mediaNotSecured, endedBy: 'box', detail: 'no handshake in time' }) }),
    { side: 'network', says: /no handshake in time.*198\.51\.100\.1:10000/ },
  ],
  [
    'RTP that never came, with the address that we had given',
    'audio-never-came',
    newRecord({ reason: newEnd({ ...endReasons.mediaTimeout, endedBy: 'box' }) }),
    {
      side: 'network',
      says: /from the callee.*198\.51\.100\.1:10000.*media\.advertise/,
      evidence: { advertised: ['198.51.100.1:10000'], remote: ['192.0.2.9:4000'] },
    },
  ],
  [
    'RTP that stopped',
    'audio-stopped',
    newRecord({ reason: newEnd({ ...endReasons.maxInactive, endedBy: 'box' }) }),
    { side: 'network', says: /stopped at 2025-10-09T/ },
    heard([silent]),
  ],
  [
    'no audio either way',
    'no-audio-either-way',
    newRecord(),
    { side: 'network', says: /Neither the gateway nor the callee/ },
    heard([silent, deaf]),
  ],
  [
    'a far end that is not heard, since when',
    'one-way-audio',
    newRecord(),
    {
      side: 'network',
      says: new RegExp(`Nothing was heard of the callee from ${new Date(silent.since).toISOString()} on`),
      evidence: { advertised: ['198.51.100.1:10000'], received: ['250 packets'] },
    },
    heard([silent]),
  ],
  [
    'a far end that sends nothing',
    'one-way-audio',
    newRecord(),
    { side: 'callee', says: /microphone/ },
    heard([{ ...silent, hop: 'far-end' }]),
  ],
  [
    'a far end that does not hear us',
    'one-way-audio',
    newRecord(),
    { side: 'network', says: /did not hear us.*192\.0\.2\.9:4000/ },
    heard([deaf]),
  ],
  [
    'a far end that refuses our packets',
    'one-way-audio',
    newRecord(),
    { side: 'callee', says: /refused as nobody listens/ },
    heard([{ ...deaf, kind: 'send-refused', hop: 'far-end' }]),
  ],
  [
    'dead air of the caller of a bridge',
    'dead-air',
    newRecord({ direction: 'inbound' }),
    { side: 'caller', says: /nothing to hear in them from/ },
    heard([{ ...silent, kind: 'silence', hop: 'far-end' }]),
  ],
  [
    'loss',
    'loss-too-high',
    newRecord(),
    { side: 'network', says: /from the callee to here loses packets \(20\.0 % lost/ },
    heard([], { lossRatio: 0.2, unplayedRatio: 0.2 }),
  ],
  [
    'jitter',
    'jitter-too-high',
    newRecord(),
    { side: 'network', says: /delays packets unevenly/ },
    heard([], { lossRatio: 0.01, unplayedRatio: 0.2, jitterMs: 120 }),
  ],
  [
    'neither, and still poor',
    'poor-quality',
    newRecord(),
    { side: 'network', says: /MOS \d\.\d/ },
    heard([], { lossRatio: 0, unplayedRatio: 0.2 }),
  ],
  [
    'what no rule knows',
    'broke-off',
    brokenOff(because(endReasons.unexpectedClearing, 'who knows').detail),
    { side: 'box', says: /who knows/ },
  ],
];

for (const [name, rule, record, { side, says, evidence }, media] of cases) {
  test(`${name}: ${rule}`, () => {
    const verdict = verdictOn(judgedOf(record, media ?? null));
    assert.is(verdict?.rule, rule, verdict?.sentence);
    assert.is(verdict?.side, side);
    assert.match(verdict?.sentence ?? '', says);
    assert.match(verdict?.sentence ?? '', /\.$/);
    for (const [key, lines] of Object.entries(evidence ?? {})) assert.equal(verdict?.evidence[key], lines, key);
  });
}

test('every rule of the table is shown above', () => {
  const shown = new Set(cases.map(([, rule]) => rule));
  assert.equal(
    rules.map(({ rule }) => rule).filter(rule => !shown.has(rule)),
    [],
  );
});

test('a good call has no verdict, and neither has one with a short gap', () => {
  assert.is(verdictOn(judgedOf(newRecord(), null)), null);
  assert.is(verdictOn(judgedOf(newRecord(), heard())), null);
  const short = { ...silent, since: answeredAt, until: answeredAt + 3_000 };
  assert.is(verdictOn(judgedOf(newRecord(), heard([short]))), null);
});

test('what keeps the parties of a live call from hearing each other is told while it does', () => {
  const { since, ...present } = silent;
  const judged = { ...judgedOf(newRecord(), null), end: null, endedAt: null };
  const verdict = verdictOn({ ...judged, problems: [{ ...present, since, until: null }] });
  assert.is(verdict?.rule, 'one-way-audio');
  assert.match(verdict?.sentence ?? '', / on, /);
  assert.is(verdictOn(judged), null);
});

test.run();
