import { isCrosspointError } from '../../base/errors.ts';
import { problemOf } from '../../calls/call-notes.ts';
import { reasonOfFailure } from '../../calls/outcome.ts';
import { type EndReason, reasonHeader, sipFailure } from '../../calls/reasons.ts';
import { sdpWarning } from '../../calls/sdp-warning.ts';
import type { CallProblem } from '../../records/call-record.ts';
import { reasonOfStatus } from '../../sip/reason/reason-header.ts';
import type { InviteFailure } from '../../sip/user-agent/invite-listener.ts';
import type { HeaderLines } from '../header-lines.ts';
import type { TrunkPort } from '../trunk-port.ts';
import { carriedHeaders, farewellOf } from './carried-headers.ts';
import { statusOfError } from './status-of-error.ts';

/** Why nobody could be reached, and what the caller is told. */
export interface CallingFailure {
  /** For events: what the far end said, or what stands for its silence. */
  readonly reason: EndReason;
  readonly status: number;
  readonly headers: HeaderLines;
  /** What kept us from sending an INVITE; absent: one was sent. */
  readonly problem?: CallProblem | null;
}

const RETRY_AFTER = ['Retry-After', '10'] as const;
/** They speak of us and the next server; without a challenge of ours they would mean nothing to the caller. */
const OURS_ALONE: ReadonlySet<number> = new Set([401, 407, 422, 420, 421, 494]);

/** An INVITE of ours that failed. */
export function failureOf(failure: InviteFailure, trunk: TrunkPort | null): CallingFailure {
  // RFC 3261 §16.8: Timer C counts as 408.
  const reason = failure.cause === 'ring-limit' ? sipFailure(408, 'Request Timeout') : reasonOfFailure(failure);
  const code = Number(reason.code);
  if (OURS_ALONE.has(code)) return { reason, status: 500, headers: [['Reason', reasonOfStatus(code, reason.message)]] };
  const said = failure.headers;
  const headers = [...((said && farewellOf(said, trunk)) ?? [reasonHeader(reason)])];
  if (said && !said.has('Reason')) headers.push(...carriedHeaders(said, trunk));
  const retryAfter = said?.get('Retry-After');
  if (retryAfter !== undefined) headers.push(['Retry-After', retryAfter]);
  // The caller may follow a redirect itself.
  for (const { uri } of failure.contacts ?? []) headers.push(['Contact', `<${uri}>`]);
  return { reason, status: code, headers };
}

/** What kept us from sending an INVITE at all: a rule, a limit, a description that cannot go across. */
export function failureOfError(error: unknown): CallingFailure {
  if (!isCrosspointError(error)) return ofStatus(500, 'Server Internal Error');
  const said = sipFailure(statusOfError(error), error.message);
  const problem = problemOf(error);
  if (error.layer === 'sdp')
    return { ...ofStatus(488, said.message), headers: [sdpWarning(error), reasonHeader(said)], problem };
  return { ...ofStatus(Number(said.code), said.message, error.retriable ? [RETRY_AFTER] : []), problem };
}

/** Nobody is there to be tried. */
export function nobodyThere(why: string): CallingFailure {
  return ofStatus(480, why);
}

function ofStatus(status: number, message: string, more: HeaderLines = []): CallingFailure {
  const reason = sipFailure(status, message);
  return { reason, status, headers: [reasonHeader(reason), ...more] };
}
