import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { countsOf } from './counts.ts';
import type { Job, Outcome } from './job.ts';
import { clearLeftBehind, JOB_VARIABLE } from './left-behind.ts';

/** As much of a job's output as is kept: its end. */
const KEPT_OUTPUT = 200_000;
/** A media worker whose firmware was killed ends by its lease, a few seconds later. */
const GRACE_MS = 6_000;

/**
 * Runs one job in a process group and a temporary folder of its own; both are cleared afterwards, and what still ran
 * counts as a failure.
 */
export async function runJob(job: Job, id: string, runFolder: string, graceMs = GRACE_MS): Promise<Outcome> {
  const folder = path.join(runFolder, id);
  mkdirSync(folder, { recursive: true });
  const started = performance.now();
  const { output, exitCode, trouble } = await runToEnd(job, {
    ...process.env,
    NO_COLOR: '1',
    ...job.env,
    TMPDIR: folder,
    [JOB_VARIABLE]: `${path.basename(runFolder)}-${id}`,
  });
  const { counts, trouble: miscounted } = countsOf(job.counts, output, exitCode);
  const left = await clearLeftBehind(`${path.basename(runFolder)}-${id}`, folder, graceMs);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const leftBehind = left.map(({ pid, commandLine }) => `it left process ${pid} running: ${commandLine.slice(0, 300)}`);
  return {
    job,
    counts: leftBehind.length > 0 ? { ...counts, failed: counts.failed + 1 } : counts,
    durationMs: performance.now() - started,
    trouble: [...trouble, ...miscounted, ...leftBehind],
    output,
  };
}

interface End {
  readonly output: string;
  readonly exitCode: number | null;
  readonly trouble: string[];
}

function runToEnd(job: Job, env: NodeJS.ProcessEnv): Promise<End> {
  return new Promise(resolve => {
    const child = spawn(job.command, job.args, {
      cwd: job.cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const trouble: string[] = [];
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-KEPT_OUTPUT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const killGroup = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    };
    const limit = setTimeout(() => {
      trouble.push(`it did not end within ${job.limitMs / 1000} s`);
      killGroup();
    }, job.limitMs);
    process.once('exit', killGroup);
    const settle = (exitCode: number | null) => {
      clearTimeout(limit);
      process.off('exit', killGroup);
      resolve({ output, exitCode, trouble });
    };
    child.once('error', error => {
      trouble.push(error.message);
      settle(null);
    });
    // 'exit', not 'close': a process that was left behind may hold the pipe open for ever.
    child.once('exit', (exitCode, signal) => {
      if (signal && trouble.length === 0) trouble.push(`it was ended by ${signal}`);
      setImmediate(() => settle(exitCode));
    });
  });
}
