import { stripVTControlCharacters } from 'node:util';
import type { Counts, Job } from './job.ts';

/**
 * What a finished process counted. Silence is a failure: a file that printed no totals, or ran no test at all, has
 * not shown anything.
 *
 * @param exitCode null when a signal ended it
 */
export function countsOf(
  kind: Job['counts'],
  output: string,
  exitCode: number | null,
): { counts: Counts; trouble: string[] } {
  const text = stripVTControlCharacters(output);
  const counted = kind === 'exit-code' ? undefined : kind === 'uvu' ? uvuTotals(text) : lastLine(text);
  if (!counted) {
    if (kind !== 'uvu' && exitCode === 0) return { counts: { passed: 1, failed: 0, skipped: 0 }, trouble: [] };
    const trouble = kind === 'uvu' && exitCode === 0 ? ['it printed no totals'] : [];
    return { counts: { passed: 0, failed: 1, skipped: 0 }, trouble };
  }
  if (counted.passed + counted.failed + counted.skipped === 0) {
    return { counts: { passed: 0, failed: 1, skipped: 0 }, trouble: ['it ran no test'] };
  }
  if (exitCode !== 0 && counted.failed === 0) return { counts: { ...counted, failed: 1 }, trouble: [] };
  return { counts: counted, trouble: [] };
}

function uvuTotals(text: string): Counts | undefined {
  const total = lastNumber(text, 'Total');
  const passed = lastNumber(text, 'Passed');
  if (total === undefined || passed === undefined) return undefined;
  return { passed, failed: total - passed, skipped: lastNumber(text, 'Skipped') ?? 0 };
}

function lastNumber(text: string, label: string): number | undefined {
  const found = [...text.matchAll(new RegExp(`^\\s+${label}:\\s+(\\d+)`, 'gm'))].at(-1);
  return found ? Number(found[1]) : undefined;
}

/** "3 passed, 0 failed", "3 passed, 0 failed, 1 skipped". */
function lastLine(text: string): Counts | undefined {
  const found = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(text.trimEnd().split('\n').at(-1) ?? '');
  return found ? { passed: Number(found[1]), failed: Number(found[2]), skipped: Number(found[3] ?? 0) } : undefined;
}
