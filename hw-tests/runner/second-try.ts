import type { Outcome } from './job.ts';

/** More files than this do not fail by chance. */
const MOST_FILES = 4;
const SANITIZER = /ERROR: (Address|Leak|Thread)Sanitizer|runtime error:/;

/**
 * The outcomes whose files may run once more, with the machine for themselves: a test that waits for a phone may have
 * waited for the processor. What crashed, hung, left something behind or was found by a sanitizer has failed, and so has
 * a run in which many files failed.
 */
export function worthSecondTry(outcomes: readonly Outcome[]): Outcome[] {
  const failed = outcomes.filter(({ counts }) => counts.failed > 0);
  if (failed.length > MOST_FILES) return [];
  return failed.filter(
    ({ job, trouble, output }) => job.group !== 'checks' && trouble.length === 0 && !SANITIZER.test(output),
  );
}
