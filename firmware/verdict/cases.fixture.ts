import { endReasons } from '../calls/reasons.ts';
import { type CallMediaRecord, mediaFigures } from '../quality/call-media.ts';
import { figures } from '../quality/quality.samples.ts';
import { newEnd, newRecord, newTry, unansweredRecord } from '../records/call-record.fixture.ts';
import type { CallProblem, CallRecord, FarEndSaid } from '../records/call-record.ts';

interface Expected {
  side: string;
  says: RegExp;
  evidence?: Record<string, string[]>;
}
export type Case = [name: string, rule: string, record: CallRecord, expected: Expected, media?: CallMediaRecord];

export const ended = newRecord().endedAt;
export const answeredAt = newRecord().activeAt ?? 0;

export function problem(code: string, message: string, over: Partial<CallProblem> = {}): CallProblem {
  return { code, message, ours: null, theirs: null, ...over };
}

export function said(over: Partial<FarEndSaid>): FarEndSaid {
  return { warning: null, reason: null, retryAfter: null, server: null, realm: null, username: null, ...over };
}

/** A call that broke off here. */
export function brokenOff(detail: string | undefined, over: Partial<CallRecord> = {}): CallRecord {
  return newRecord({
    reason: newEnd({ ...endReasons.unexpectedClearing, endedBy: 'box', detail: detail ?? null }),
    ...over,
  });
}

export function refusedBy(status: number, message: string, over: Partial<CallRecord> = {}): CallRecord {
  const tries = [newTry({ outcome: 'response', status, detail: message })];
  return unansweredRecord({ code: String(status), message }, { tries, ...over });
}

export function unreached(outcome: 'timeout' | 'refused' | 'tls' | 'dns' | 'network', detail: string): CallRecord {
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

export function heard(
  problems: CallMediaRecord['problems'] = [],
  change: Partial<typeof figures.received> = {},
  ms = 60_000,
): CallMediaRecord {
  const call = mediaFigures({ ...figures, ms, received: { ...figures.received, ...change } });
  return { call: 'x', project: 'y', endedAt: ended, legs: [{ leg: 'leg-1', side: 'first', call }], problems };
}

export const silent = {
  side: 'first',
  kind: 'no-media',
  direction: 'received',
  hop: 'unknown',
  since: ended - 20_000,
  until: ended,
} as const;
export const deaf = {
  side: 'first',
  kind: 'not-heard',
  direction: 'sent',
  hop: 'network',
  since: ended - 21_000,
  until: ended,
} as const;

export const inbound: Partial<CallRecord> = {
  direction: 'inbound',
  tries: [],
  target: null,
  trunks: { in: 'pbx', out: null },
};
