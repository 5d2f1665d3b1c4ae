import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { root } from '../rig/own-box.ts';

const run = promisify(execFile);
const MAX_OUTPUT = 16 * 1024 * 1024;

const load = path.join(root, 'hw-tests/load');
const build = path.join(load, 'build');

/**
 * A module as it is shipped: bundled. What tsx makes of the sources costs a fifth more CPU: it wraps every function to keep
 * its name.
 * @param module its path from the root, without an ending
 */
export async function shipped<Module>(module: string): Promise<Module> {
  const folder = mkdtempSync(path.join(root, 'build/shipped-'));
  const outfile = path.join(folder, 'module.mjs');
  try {
    await esbuild.build({
      entryPoints: [path.join(root, `${module}.ts`)],
      outfile,
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      target: 'node20',
    });
    return (await import(outfile)) as Module;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const inRepository = (file: string): string => path.join(root, file);
export const scenario = (name: string): string => path.join(load, 'scenarios', `${name}.xml`);
export const tool = (name: 'rtpload' | 'stock-conference' | 'answerer' | 'codec-cost'): string =>
  path.join(build, name);

/** Builds the load tools where they are missing or older than their sources. @throws with the compiler's words */
export async function buildTools(): Promise<void> {
  if (!existsSync(path.join(build, 'build.ninja'))) await run('meson', ['setup', build, load]);
  await run('ninja', ['-C', build]);
}

interface Ended {
  readonly code?: unknown;
  readonly signal?: string | null;
  readonly stdout?: string;
  readonly stderr?: string;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program that ends by itself.
 *
 * @param options.limitMs after which it is killed
 * @param options.core on which it is held from its start
 * @throws when it cannot be started or was killed; an exit code is the caller's to judge
 */
export async function runTool(
  command: string,
  args: readonly string[],
  options: { limitMs: number; core?: number; cwd?: string; started?: (pid: number) => void },
): Promise<Finished> {
  const { limitMs, core, cwd } = options;
  const [program, ...its] = core === undefined ? [command, ...args] : ['taskset', '-c', String(core), command, ...args];
  const running = run(program as string, its, { timeout: limitMs, cwd, maxBuffer: MAX_OUTPUT });
  if (running.child.pid !== undefined) options.started?.(running.child.pid);
  try {
    return { code: 0, ...(await running) };
  } catch (error) {
    const { code, signal, stdout = '', stderr = '' } = error as Ended;
    if (typeof code === 'number') return { code, stdout, stderr };
    throw signal ? new Error(`${path.basename(command)} was ended by ${signal}: ${stderr.trim()}`) : error;
  }
}
