import { type ExecFileOptions, execFile } from 'node:child_process';

export interface ProgramEnd {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of the machine to its end, without input; after `limitMs` it is killed. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: Pick<ExecFileOptions, 'cwd' | 'env'> = {},
  limitMs = 20_000,
): Promise<ProgramEnd> {
  return new Promise(resolve => {
    const child = execFile(program, args, { ...options, timeout: limitMs }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ code, stdout: String(stdout), stderr: String(stderr) });
    });
    child.stdin?.end();
  });
}
