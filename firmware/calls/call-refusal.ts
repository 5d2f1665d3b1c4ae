import { isCrosspointError, messageOf } from '../base/errors.ts';
import type { CallProblem } from '../records/call-record.ts';
import type { IncomingInvite } from '../sip/user-agent/incoming-invite.ts';
import { problemOf } from './call-notes.ts';
import { reasonHeader, sipFailure } from './reasons.ts';
import { sdpWarning } from './sdp-warning.ts';

type HeaderLine = readonly [name: string, value: string];

/** Why a call that came in cannot be answered, with the status that says just that. */
export interface CallRefusal {
  readonly cause: 'not-acceptable' | 'no-session' | 'too-many-calls' | 'no-room' | 'no-media';
  readonly status: number;
  /** A sentence for whoever reads the caller's log, and ours. */
  readonly why: string;
  /** For what passes by itself. */
  readonly retryAfterS?: number;
  /** More exact than the sentence alone. */
  readonly warning?: HeaderLine;
  /** For the record; null where it was no failure that we know. */
  readonly problem: CallProblem | null;
}

const RETRY_AFTER_S = 10;

/** For people, in the response itself (RFC 3261 §20.43). */
function warningOf(why: string): HeaderLine {
  return ['Warning', `399 crosspoint "${why.replace(/["\\\r\n]/g, ' ')}"`];
}

/** 488 for an offer that we cannot take, 404 for a session that is not there, 503 for what passes. */
export function callRefusalOf(error: unknown): CallRefusal {
  const why = messageOf(error);
  const problem = problemOf(error);
  if (isCrosspointError(error)) {
    if (error.layer === 'sdp')
      return { cause: 'not-acceptable', status: 488, why, warning: sdpWarning(error), problem };
    if (error.code === 'session.unknown') return { cause: 'no-session', status: 404, why, problem };
    if (error.retryAfterS !== null)
      return { cause: 'no-room', status: 503, why, retryAfterS: error.retryAfterS, warning: warningOf(why), problem };
    if (error.code === 'call.too-many' || error.code === 'session.full')
      return { cause: 'too-many-calls', status: 503, why, retryAfterS: RETRY_AFTER_S, problem };
  }
  const sentence = 'The box has no media for the call';
  return { cause: 'no-media', status: 503, why: sentence, retryAfterS: RETRY_AFTER_S, problem };
}

/** Tells the caller alone: for calls that nobody else waits for. */
export function rejectFor(invite: IncomingInvite, { status, why, retryAfterS, warning }: CallRefusal): void {
  invite.reject(status, undefined, [
    reasonHeader(sipFailure(status, why)),
    ...(warning === undefined ? [] : [warning]),
    ...(retryAfterS === undefined ? [] : [['Retry-After', String(retryAfterS)] as const]),
  ]);
}
