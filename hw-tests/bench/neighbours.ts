import { readFileSync } from 'node:fs';
import { SERVER_CORE } from './pinning.ts';
import { totalUsage } from './processes.ts';
import type { Attempt } from './repeat.ts';

/** In which /proc/stat counts. */
const TICK_MS = 10;
/** Of the server's core: what a machine without other work to do takes for itself is below 2 %. */
const MOST_TAKEN = 0.05;

/** Throws a run away when others than the server have worked on the server's core: its times tell of them then. */
export async function undisturbed<Run>(
  pids: readonly number[],
  attempt: () => Promise<Attempt<Run>>,
): Promise<Attempt<Run>> {
  const [begun, core, own] = [performance.now(), busyMs(), totalUsage(pids).cpuMs];
  const result = await attempt();
  const others = busyMs() - core - (totalUsage(pids).cpuMs - own);
  const share = others / (performance.now() - begun);
  return share > MOST_TAKEN ? { thrownAway: `others took ${(share * 100).toFixed(0)} % of the server's core` } : result;
}

/** User, nice and system time of the server's core since the machine's start; interrupts belong to nobody. */
function busyMs(): number {
  const line = new RegExp(`^cpu${SERVER_CORE} (\\d+) (\\d+) (\\d+)`, 'm').exec(readFileSync('/proc/stat', 'utf8'));
  return [1, 2, 3].reduce((sum, field) => sum + Number(line?.[field] ?? 0), 0) * TICK_MS;
}
