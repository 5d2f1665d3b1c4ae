import type { CallState } from '../../calls/state.ts';
import type { CallResult } from '../../records/call-result.ts';

/** CONTRACT §4.3. */
export type CallStatus =
  | 'queued'
  | 'initiated'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'failed'
  | 'no-answer'
  | 'canceled';

const live: Readonly<Record<CallState, CallStatus>> = {
  DIALING: 'queued',
  RINGING: 'ringing',
  ACTIVE: 'in-progress',
  ON_HOLD: 'in-progress',
  HANGUP: 'completed',
};

/** CONTRACT §4.5: refusals other than busy and nobody's answer are failures. */
const past: Readonly<Record<CallResult, CallStatus>> = {
  completed: 'completed',
  dropped: 'completed',
  busy: 'busy',
  'no-answer': 'no-answer',
  cancelled: 'canceled',
  refused: 'failed',
  failed: 'failed',
};

/** @param result null while it lives */
export function callStatus(state: CallState, result: CallResult | null): CallStatus {
  return result === null ? live[state] : past[result];
}
