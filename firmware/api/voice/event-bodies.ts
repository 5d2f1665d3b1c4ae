import type { Outcome, Recorded } from '../../scripts/outcome.ts';
import type { WebFailure } from '../../scripts/web.ts';
import type { CallStatus, EndedSo, EndStatus } from './call-status.ts';

/** What is told to applications (CONTRACT §3.2, §3.3). */
export type Fields = Readonly<Record<string, unknown>>;

/** What every body begins with. */
export interface About {
  readonly from: string;
  readonly to: string;
  readonly uuid: string;
  readonly conversation_uuid: string;
}

/** Nothing is charged, and the network is the customer's own. */
const FREE = { rate: '0.00', network: null };

export function iso(time: number): string {
  return new Date(time).toISOString();
}

export function answerBody(about: About, headers: readonly (readonly [name: string, value: string])[]): Fields {
  const own = headers.filter(([name]) => /^x-/i.test(name) && !/^x-nexmo/i.test(name));
  return { ...Object.fromEntries(own.map(([name, value]) => [`SipHeader_${name}`, value])), ...about };
}

/** What the request for a fallback has beside. */
export function fallbackFields({ message, target }: WebFailure, type: 'answer' | 'event'): Fields {
  return { reason: message, original_request: { url: target.url, type } };
}

export function statusBody(
  about: About,
  status: CallStatus,
  direction: 'inbound' | 'outbound',
  now: number,
  more: Fields = {},
): Fields {
  return { ...more, ...about, status, direction, timestamp: iso(now) };
}

export const answeredFields: Fields = { start_time: null, ...FREE };

export function endFields(
  { status, detail }: EndedSo,
  { startedAt, endedAt, seconds }: { startedAt: number | null; endedAt: number; seconds: number | null },
): Fields {
  if (status !== 'completed') return detail === undefined ? {} : { detail };
  return {
    start_time: startedAt === null ? null : iso(startedAt),
    end_time: iso(endedAt),
    duration: String(Math.round(seconds ?? 0)),
    price: FREE.rate,
    ...FREE,
  };
}

export function errorBody(reason: string, conversation: string, now: number): Fields {
  return { reason, conversation_uuid: conversation, timestamp: iso(now) };
}

export function transferBody(uuid: string, from: string, to: string, now: number): Fields {
  return { conversation_uuid_from: from, conversation_uuid_to: to, uuid, timestamp: iso(now) };
}

export function recordBody(
  { id, bytes, startedAt, endedAt }: Recorded,
  url: string,
  conversation: string,
  now: number,
): Fields {
  return {
    start_time: iso(startedAt),
    recording_url: url,
    size: bytes,
    recording_uuid: id,
    end_time: iso(endedAt),
    conversation_uuid: conversation,
    timestamp: iso(now),
  };
}

/** @param legacy without `type`: `dtmf` is a text (CONTRACT §3.4) */
export function inputBody(
  about: About,
  { digits, timedOut }: Pick<Extract<Outcome, { kind: 'gathered' }>, 'digits' | 'timedOut'>,
  legacy: boolean,
  now: number,
): Fields {
  const timestamp = iso(now);
  if (legacy) return { ...about, timed_out: timedOut, dtmf: digits, timestamp };
  return { ...about, dtmf: { digits, timed_out: timedOut }, speech: { results: [] }, timestamp };
}

/** The payload's own keys stand there, and all of it as `payload`. */
export function notifyBody(payload: unknown, { uuid, conversation_uuid }: About, now: number): Fields {
  const own = typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload : {};
  return { ...own, payload, uuid, conversation_uuid, timestamp: iso(now) };
}

/** Of a call that was connected, where its own end is not known. */
export function connectedSo({ result, status }: Extract<Outcome, { kind: 'connected' }>): EndStatus {
  switch (result) {
    case 'completed':
    case 'busy':
    case 'failed':
      return result;
    case 'no-answer':
      return status === 487 ? 'timeout' : 'unanswered';
    case 'canceled':
      return 'cancelled';
    default:
      return result satisfies never;
  }
}
