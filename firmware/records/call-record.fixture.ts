import type { CallEnd, CallFacts, CallRecord, CallSideFacts, CallTry } from './call-record.ts';

/** An outbound call to a trunk that was answered and ended well after a minute. */
export function newRecord(over: Partial<CallRecord> = {}): CallRecord {
  return {
    id: '0d1b0f0e-0000-4000-8000-000000000009',
    project: '46000001',
    sessionId: '2_abc',
    connectionId: '0d1b0f0e-0000-4000-8000-000000000002',
    sipCallIds: ['a@box'],
    direction: 'outbound',
    from: 'sip:+15550100@127.0.0.1',
    to: 'sip:+442071234567@carrier',
    trunks: { in: null, out: 'carrier' },
    target: 'udp 192.0.2.9:5060',
    createdAt: 1_760_000_000_000,
    provisionalAt: 1_760_000_000_100,
    ringingAt: 1_760_000_000_100,
    activeAt: 1_760_000_002_000,
    endedAt: 1_760_000_062_000,
    sides: [newSide()],
    digits: 0,
    tries: [newTry()],
    problem: null,
    said: null,
    contact: null,
    acknowledged: null,
    result: 'completed',
    reason: newEnd(),
    ...over,
  };
}

/** The same before it was answered, and ended so. */
export function unansweredRecord(end: Partial<CallEnd>, over: Partial<CallRecord> = {}): CallRecord {
  const none = newSide({ codec: null, security: null, advertised: null, remote: null });
  return newRecord({ activeAt: null, ringingAt: null, sides: [none], result: 'failed', reason: newEnd(end), ...over });
}

export function newEnd(over: Partial<CallEnd> = {}): CallEnd {
  const usual = { code: '700', message: 'Normal Clearing', slug: 'normal-clearing', endedBy: 'callee' } as const;
  return { ...usual, retriable: false, detail: null, ...over };
}

export function newTry(over: Partial<CallTry> = {}): CallTry {
  const target = 'sip:+442071234567@carrier';
  return { target, hop: 'udp 192.0.2.9:5060', outcome: 'answered', status: 200, detail: 'OK', ...over };
}

export function newSide(over: Partial<CallSideFacts> = {}): CallSideFacts {
  return {
    side: 'first',
    codec: {
      sends: 'PCMU/8000',
      payloadType: 0,
      packetMs: 20,
      receives: [{ codec: 'PCMU/8000', payloadType: 0 }],
      reason: 'PCMU: the first that is answered and that we have here',
    },
    security: 'none',
    advertised: '198.51.100.1:10000',
    remote: '192.0.2.9:4000',
    offered: null,
    ...over,
  };
}

/** What is known of it while it lives. */
export function factsOf(record: CallRecord): CallFacts {
  const { endedAt: _endedAt, result: _result, reason: _reason, ...facts } = record;
  return facts;
}
