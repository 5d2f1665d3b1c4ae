import type { CallFacts, CallRecord } from './call-record.ts';

/** Which calls are asked for; what is absent is not asked. */
export interface CallFilter {
  readonly project?: string;
  readonly session?: string;
  readonly direction?: 'outbound' | 'inbound';
  readonly result?: string;
  /** Of its reason: code or slug. */
  readonly reason?: string;
  /** Either of its trunks. */
  readonly trunk?: string;
  /** Parts of from and to. */
  readonly from?: string;
  readonly to?: string;
  /** Part of anything that names it: ids, Call-IDs, from, to, target. */
  readonly text?: string;
  /** Of its beginning, milliseconds since 1970, inclusive. */
  readonly since?: number;
  /** The same, exclusive. */
  readonly until?: number;
}

/** Whether a call, live or past, is one of those. A live call has no result yet, and no reason. */
export function isAskedFor(call: CallFacts | CallRecord, filter: CallFilter): boolean {
  const { project, session, direction, trunk, since, until } = filter;
  if (since !== undefined && call.createdAt < since) return false;
  if (until !== undefined && call.createdAt >= until) return false;
  if (project !== undefined && call.project !== project) return false;
  if (session !== undefined && call.sessionId !== session) return false;
  if (direction !== undefined && call.direction !== direction) return false;
  if (trunk !== undefined && call.trunks.in !== trunk && call.trunks.out !== trunk) return false;
  return endedSo(call, filter) && saysSo(call, filter);
}

function endedSo(call: CallFacts | CallRecord, { result, reason }: CallFilter): boolean {
  if (result === undefined && reason === undefined) return true;
  if (!('result' in call)) return false;
  if (result !== undefined && call.result !== result) return false;
  return reason === undefined || call.reason.code === reason || call.reason.slug === reason;
}

function saysSo(call: CallFacts, { from, to, text }: CallFilter): boolean {
  if (from !== undefined && !holds(call.from, from)) return false;
  if (to !== undefined && !holds(call.to, to)) return false;
  if (text === undefined) return true;
  const { id, sessionId, connectionId, sipCallIds, target } = call;
  return [id, call.from, call.to, sessionId, connectionId, target, ...sipCallIds].some(
    each => each !== null && holds(each, text),
  );
}

function holds(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}
