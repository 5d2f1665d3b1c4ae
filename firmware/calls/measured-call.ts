import type { CallMediaRecord } from '../quality/call-media.ts';
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
