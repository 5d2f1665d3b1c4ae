import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 1_500;

interface Ticks {
  readonly idle: number;
  readonly all: number;
}

/** Of all cores since the machine started. */
function ticks(): Ticks {
  return os.cpus().reduce(
    (sum, { times }) => ({
      idle: sum.idle + times.idle,
      all: sum.all + times.idle + times.user + times.nice + times.sys + times.irq,
    }),
    { idle: 0, all: 0 },
  );
}

/** Cores that did nothing between two looks. */
export function idleCores(before: Ticks, after: Ticks, cores: number): number {
  return after.all === before.all ? 0 : (cores * (after.idle - before.idle)) / (after.all - before.all);
}

/**
 * Waits until the machine had that many cores to spare for a moment: most tests wait for phones, but not all of the time.
 *
 * @returns false when `given` said that nobody needs them any more
 */
export async function sparedCores(wanted: number, given: () => boolean): Promise<boolean> {
  for (let before = ticks(); !given(); before = ticks()) {
    await sleep(LOOK_MS);
    if (idleCores(before, ticks(), os.cpus().length) >= wanted) return !given();
  }
  return false;
}
