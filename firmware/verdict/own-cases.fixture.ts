import { because, endReasons, killed, LOST, notStored, shutDown, unacknowledged } from '../calls/reasons.ts';
import { newEnd, newRecord, unansweredRecord } from '../records/call-record.fixture.ts';
import { brokenOff, type Case, inbound, problem } from './cases.fixture.ts';

export const ownCases: readonly Case[] = [
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
    'media that never came of a caller whose ACK did not come either',
    'ack-missing',
    newRecord({
      ...inbound,
      contact: '<sip:100@10.0.0.5:5060>',
      acknowledged: false,
      reason: newEnd({ ...endReasons.mediaTimeout, endedBy: 'box' }),
    }),
    { side: 'network', says: /never acknowledged our answer/ },
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
    'what no rule knows',
    'broke-off',
    brokenOff(because(endReasons.unexpectedClearing, 'who knows').detail),
    { side: 'box', says: /who knows/ },
  ],
  [
    'what else the box refuses',
    'refused-here',
    unansweredRecord(
      { code: '503', message: 'x', endedBy: 'box' },
      { ...inbound, problem: problem('store.disk-full', 'The disk is full') },
    ),
    { side: 'box', says: /The disk is full/, evidence: { code: ['store.disk-full'] } },
  ],
];
