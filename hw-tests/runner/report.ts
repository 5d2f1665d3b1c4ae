import type { Counts, Outcome } from './job.ts';

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** One line for a job that has just ended. */
export function lineOf({ job, counts, durationMs, output }: Outcome): string {
  const mark = counts.failed > 0 ? '✘' : counts.passed > 0 ? '✓' : '-';
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  const reasons =
    counts.skipped > 0 ? [...output.matchAll(/^skipped: .*$/gm)].map(([line]) => `\n    ${line}`).join('') : '';
  return `${mark} ${job.name}: ${counts.passed} passed, ${counts.failed} failed${skipped} (${seconds(durationMs)})${reasons}`;
}

/** Everything about the files that failed, on the first try too, the slowest files, and as its very last line "N passed, N failed". */
export function summaryOf(outcomes: readonly Outcome[], tookMs: number): string {
  const lines: string[] = [];
  for (const outcome of outcomes) {
    const shown = outcome.firstTry ?? outcome;
    if (shown.counts.failed === 0) continue;
    const passed = outcome.firstTry ? ' (failed beside others, passed alone: it is not steady)' : '';
    lines.push('', `──── ${shown.job.name}${passed}`, shown.output.trimEnd());
    lines.push(...shown.trouble.map(sentence => `✘ ${sentence}`));
  }
  const slowest = [...outcomes].sort((a, b) => b.durationMs - a.durationMs).slice(0, 5);
  lines.push('', `${outcomes.length} files in ${seconds(tookMs)}; the slowest:`);
  for (const { job, durationMs } of slowest) lines.push(`  ${seconds(durationMs).padStart(8)}  ${job.name}`);
  const { passed, failed, skipped } = sum(outcomes);
  lines.push('', `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return lines.join('\n');
}

export function sum(outcomes: readonly Outcome[]): Counts {
  return outcomes.reduce(
    (total, { counts }) => ({
      passed: total.passed + counts.passed,
      failed: total.failed + counts.failed,
      skipped: total.skipped + counts.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}
