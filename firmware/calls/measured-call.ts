import type { CallMediaRecord } from '../quality/call-media.ts';
import { endReasons } from './reasons.ts';
import type { SetUpTimes } from './set-up-times.ts';
import type { Verdict } from './verdict.ts';

/** A call that is over, for those who count. */
export interface MeasuredCall {
  readonly direction: 'outbound' | 'inbound';
  /** From answer to end; null of a call that was never answered. */
  readonly seconds: number | null;
  readonly verdict: Verdict;
  readonly setUp: SetUpTimes;
  readonly legs: CallMediaRecord['legs'];
}

/** How a call went, in a word. */
export const callResults = ['completed', 'dropped', 'busy', 'no-answer', 'cancelled', 'refused', 'failed'] as const;
export type CallResult = (typeof callResults)[number];

/** Ends of an answered call that somebody wanted. */
const IN_ORDER: ReadonlySet<string> = new Set([endReasons.normalClearing.code, endReasons.maxDuration.code]);
const BUSY = [486, 600];
const NO_ANSWER = [408, 480];

export function resultOf({
  verdict,
  seconds,
  direction,
}: Pick<MeasuredCall, 'verdict' | 'seconds' | 'direction'>): CallResult {
  const { code, endedBy } = verdict;
  if (seconds !== null) return IN_ORDER.has(code) ? 'completed' : 'dropped';
  const status = Number(code);
  if (BUSY.includes(status)) return 'busy';
  if (NO_ANSWER.includes(status)) return 'no-answer';
  // The caller of a call that goes out is the application; without its word nobody answered in time.
  if (status === 487)
    return endedBy === (direction === 'outbound' ? 'application' : 'caller') ? 'cancelled' : 'no-answer';
  return status < 500 || (status >= 600 && status < 700) ? 'refused' : 'failed';
}
