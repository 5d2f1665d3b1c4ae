import type { Verdict } from '../calls/verdict.ts';

/**
 * What became of a call that is over, in a word. `completed`: it was answered, and ended because somebody wanted it to;
 * `dropped`: it was answered, and something ended it. `refused`: by a status that says no; `failed`: by one that says that
 * something broke.
 */
export const callResults = ['completed', 'dropped', 'busy', 'no-answer', 'cancelled', 'refused', 'failed'] as const;
export type CallResult = (typeof callResults)[number];

/** Ends of an answered call that somebody wanted: a hang-up, and the longest duration. */
const IN_ORDER = ['700', '705'];
const BUSY = [486, 600];
const NO_ANSWER = [408, 480];

export function callResult({ code, detail }: Pick<Verdict, 'code' | 'detail'>, answered: boolean): CallResult {
  if (answered) return IN_ORDER.includes(code) ? 'completed' : 'dropped';
  const status = Number(code);
  if (BUSY.includes(status)) return 'busy';
  if (NO_ANSWER.includes(status)) return 'no-answer';
  // With a detail it is the ring limit; who gives up has none.
  if (status === 487) return detail === undefined ? 'cancelled' : 'no-answer';
  return status < 500 || Math.floor(status / 100) === 6 ? 'refused' : 'failed';
}
