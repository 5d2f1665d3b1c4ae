import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';

/** A kernel's user-visible tick, in which /proc counts CPU time: 100 a second on every Linux that Debian builds. */
const TICK_MS = 10;

export interface Usage {
  /** utime + stime of all threads, in steps of 10 ms. */
  readonly cpuMs: number;
  readonly rssKb: number;
  readonly threads: number;
}

/** @throws when the process is gone */
export function usageOf(pid: number): Usage {
  const fields = statFields(pid);
  return {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
    threads: Number(fields[17]),
    rssKb: Number(/^Rss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0),
  };
}

export function totalUsage(pids: readonly number[]): Usage {
  const all = pids.map(usageOf);
  const sum = (of: (usage: Usage) => number) => all.reduce((total, usage) => total + of(usage), 0);
  return { cpuMs: sum(u => u.cpuMs), rssKb: sum(u => u.rssKb), threads: sum(u => u.threads) };
}

/** The scheduler's account of all threads that live, to the nanosecond; those that have ended are not in it. */
export function cpuMsOf(pids: readonly number[]): number {
  return pids
    .flatMap(pid => readdirSync(`/proc/${pid}/task`).map(thread => `/proc/${pid}/task/${thread}/schedstat`))
    .reduce((total, file) => total + Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6, 0);
}

/** The fields of /proc/PID/stat that follow the name, which may itself hold blanks and brackets. */
function statFields(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Lets a process run before others; without the right to do so it stays as it is. */
export function prefer(pid: number): void {
  try {
    os.setPriority(pid, -10);
  } catch {
    // An ordinary user's generator is late more often: such runs are thrown away.
  }
}
