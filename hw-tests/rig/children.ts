import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** As much of a child's output as is kept: its end. */
const KEPT_OUTPUT = 400_000;

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<ChildExit>;
  /** null while it runs. */
  exit(): ChildExit | null;
  /** What it wrote to stdout and stderr so far. */
  output(): string;
  write(text: string): void;
  /** Asks it to end; after `limitMs` it is killed. Once it is gone this does nothing. */
  stop(signal?: NodeJS.Signals, limitMs?: number): Promise<ChildExit>;
}

const running = new Set<ChildProcess>();
// Nothing that a test started outlives it, whatever went wrong.
process.on('exit', () => {
  for (const child of running) {
    killGroup(child);
    child.kill('SIGKILL');
  }
});

/** Nothing happens for a child that has no group of its own. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it is gone.
  }
}

/** @param options.forks it starts processes of its own, which end with it: in a process group that is killed once it is gone */
export async function startChild(
  name: string,
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; forks?: boolean } = {},
): Promise<Child> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: options.forks === true,
  });
  running.add(child);
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-KEPT_OUTPUT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.stdin.on('error', () => {});
  let exit: ChildExit | null = null;
  const exited = new Promise<ChildExit>(resolve => {
    child.once('exit', (code, signal) => {
      running.delete(child);
      // A fork that stays behind holds our end of its pipes open, and this process could never end.
      if (options.forks) killGroup(child);
      exit = { code, signal };
      resolve(exit);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', error => {
      running.delete(child);
      reject(new Error(`cannot start ${name}: ${error.message}`));
    });
  });
  return {
    name,
    pid: child.pid as number,
    exited,
    exit: () => exit,
    output: () => output,
    write: text => void child.stdin.write(text),
    async stop(signal = 'SIGTERM', limitMs = 5_000) {
      if (exit) return exit;
      child.kill(signal);
      const limit = new AbortController();
      const forced = sleep(limitMs, undefined, { signal: limit.signal }).then(
        () => child.kill('SIGKILL'),
        () => {},
      );
      const result = await exited;
      limit.abort();
      await forced;
      return result;
    },
  };
}
