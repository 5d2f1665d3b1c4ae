import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Set for every process of the run; children inherit it. */
export const JOB_VARIABLE = 'CROSSPOINT_TEST_JOB';

const KILL_LIMIT_MS = 2_000;

export interface Found {
  readonly pid: number;
  readonly commandLine: string;
}

/**
 * The living processes that a job started, directly or not: by the variable that they inherited, or by the job's folder
 * on their command line (the media worker is started with an environment of its own).
 */
export function processesOf(jobId: string, folder: string): Found[] {
  return readdirSync('/proc').flatMap(entry => {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) return [];
    const commandLine = read(entry, 'cmdline').split('\0').join(' ').trim();
    const inherited = read(entry, 'environ').split('\0').includes(`${JOB_VARIABLE}=${jobId}`);
    return inherited || commandLine.includes(`${folder}${path.sep}`) ? [{ pid: Number(entry), commandLine }] : [];
  });
}

/**
 * What a finished job left running, after it had `graceMs` to end by itself; each is killed, by its id.
 * No port needs a look of its own: it ends with the process that holds it.
 */
export async function clearLeftBehind(jobId: string, folder: string, graceMs: number): Promise<Found[]> {
  const deadline = performance.now() + graceMs;
  let left = processesOf(jobId, folder);
  while (left.length > 0 && performance.now() < deadline) {
    await sleep(50);
    left = processesOf(jobId, folder);
  }
  for (const { pid } of left) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended in this moment.
    }
  }
  while (left.some(({ pid }) => isAlive(pid)) && performance.now() < deadline + KILL_LIMIT_MS) await sleep(10);
  return left;
}

/** False for a zombie: nobody may be there to reap it. */
export const isAlive = (pid: number): boolean => read(String(pid), 'cmdline') !== '';

/** Empty for a process that is gone, a zombie, or somebody else's. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
