import os from 'node:os';
import { runTool } from './tools.ts';

/** The core on which a server is measured, and the one that the load has to itself. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

/** @throws on a machine where server and load would share a core */
export function requireTwoCores(): void {
  if (os.availableParallelism() < 2) throw new Error('two cores are needed: one for the server, one for the load');
}

/** Holds processes, with all threads they have now and will have, on the server's core. */
export async function pinServer(pids: readonly number[]): Promise<void> {
  for (const pid of pids) await pin(pid, SERVER_CORE);
}

/** Holds a process on a core, with all threads it has and all it will start. @throws when that cannot be */
export async function pin(pid: number, core: number): Promise<void> {
  const { code, stderr } = await runTool('taskset', ['-acp', String(core), String(pid)], { limitMs: 5_000 });
  if (code !== 0) throw new Error(`cannot pin process ${pid}: ${stderr.trim()}`);
}
