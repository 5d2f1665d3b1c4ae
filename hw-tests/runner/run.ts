/**
 * Runs every test and sums up.
 *
 *     run.ts [--only GROUP]… [--with-checks] [PART-OF-A-NAME]…
 *
 * A process a file, each with a time limit. Ends with the line "N passed, N failed"; the exit code is 0 only when
 * something passed and nothing failed. A few files that failed beside others run once more alone; it is said which.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundleTests } from './bundled-tests.ts';
import { discover } from './discover.ts';
import { type Group, groups, type Job, type Outcome } from './job.ts';
import { lineOf, sum, summaryOf } from './report.ts';
import { runJob } from './run-job.ts';
import { worthSecondTry } from './second-try.ts';

/** Most tests wait for phones. Those that saturate or time the box have the machine for themselves. */
const parallel: Record<Group, number> = { checks: 1, unit: 3, plugin: 2, box: 5, pairs: 2, quiet: 1, long: 1 };

const { values, positionals } = parseArgs({
  options: { only: { type: 'string', multiple: true }, 'with-checks': { type: 'boolean', default: false } },
  allowPositionals: true,
});

function groupsToRun(): Group[] {
  if (!values.only) return groups.filter(group => group !== 'long' && (group !== 'checks' || values['with-checks']));
  const unknown = values.only.filter(name => !groups.some(group => group === name));
  if (unknown.length > 0) {
    console.error(`unknown group ${unknown.join(', ')}; there are: ${groups.join(', ')}`);
    process.exit(2);
  }
  return groups.filter(group => values.only?.includes(group));
}

/**
 * Unit tests and those of the plugin, which drive their own time, want nothing but the processor (discover.ts makes the
 * latter nice). Phones of the box stutter beside them.
 */
const stages: readonly (readonly (readonly Group[])[])[] = [
  [['checks']],
  [['unit'], ['plugin']],
  [['box', 'pairs', 'quiet']],
  [['long']],
];

async function runAll(jobs: readonly Job[], runFolder: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const run = async (job: Job) => {
    const outcome = await runJob(job, String(jobs.indexOf(job)), runFolder);
    outcomes.push(outcome);
    console.log(lineOf(outcome));
  };
  for (const stage of stages) {
    await Promise.all(
      stage.map(async inTurn => {
        for (const group of inTurn) await runGroup(group, jobs, run);
      }),
    );
  }
  return outcomes;
}

async function runGroup(group: Group, jobs: readonly Job[], run: (job: Job) => Promise<void>): Promise<void> {
  const waiting = jobs.filter(job => job.group === group);
  if (waiting.length === 0) return;
  const groupStarted = performance.now();
  const busyBefore = busyMs();
  const lane = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) await run(job);
  };
  await Promise.all(Array.from({ length: parallel[group] }, lane));
  const tookMs = performance.now() - groupStarted;
  const busy = (busyMs() - busyBefore) / (tookMs * os.cpus().length);
  console.log(`  all of ${group} in ${(tookMs / 1000).toFixed(0)} s, the machine ${(100 * busy).toFixed(0)} % busy`);
}

/** Of all processors, with whatever else runs. */
const busyMs = () => os.cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);

/** Each outcome, or the better one of a second try. */
async function tryAgain(outcomes: readonly Outcome[], runFolder: string): Promise<Outcome[]> {
  const better = new Map<Outcome, Outcome>();
  for (const [index, first] of worthSecondTry(outcomes).entries()) {
    const second = await runJob(first.job, `again-${index}`, runFolder);
    console.log(`once more, alone: ${lineOf(second)}`);
    if (second.counts.failed === 0) better.set(first, { ...second, firstTry: first });
  }
  return outcomes.map(outcome => better.get(outcome) ?? outcome);
}

const started = performance.now();
// Short: paths of Unix sockets below it must stay under 108 bytes.
const runFolder = mkdtempSync(path.join(os.tmpdir(), 'xp-'));
const folders = [runFolder];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const found = discover(groupsToRun()).filter(
  ({ name }) => positionals.length === 0 || positionals.some(part => name.includes(part)),
);
const isTestFile = ({ counts }: Job) => counts === 'uvu';
const bundles = await bundleTests(found.filter(isTestFile).map(({ name }) => name));
folders.push(bundles);
const jobs = found.map(job =>
  isTestFile(job) ? { ...job, args: ['--enable-source-maps', path.join(bundles, `${job.name}.mjs`)] } : job,
);

const outcomes = await tryAgain(await runAll(jobs, runFolder), runFolder);
const { passed, failed } = sum(outcomes);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
console.log(summaryOf(outcomes, performance.now() - started));
