import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isCrosspointError } from '../../base/errors.ts';
import { seededRandom } from '../message/mutations.ts';
import { damage } from './damage.ts';
import type { FuzzTarget } from './fuzz-target.ts';

export interface FuzzReport {
  readonly name: string;
  readonly seed: number;
  readonly inputs: number;
  /** How many of them could be read. */
  readonly read: number;
  /** Of the slowest input, the best of three runs. */
  readonly slowestMs: number;
  /** By how much the heap grew after it had warmed up. */
  readonly grownBytes: number;
}

export interface FuzzLimits {
  readonly milliseconds: number;
  readonly seed: number;
  /** For one input. */
  readonly mostMs: number;
}

/** Enough of a failing input to see what it is; the seed brings all of it back. */
const SHOWN_BYTES = 2048;
const WARM_UP = 0.3;

/**
 * Feeds damaged inputs to a target until its time is over. The same seed gives the same inputs.
 * @throws Error with seed, number and text of the input that threw another error than a typed one, or took too long
 */
export async function runTarget(target: FuzzTarget, limits: FuzzLimits): Promise<FuzzReport> {
  const random = seededRandom(limits.seed);
  const begun = performance.now();
  let [inputs, read, slowestMs] = [0, 0, 0];
  let warmHeap: number | null = null;
  for (let elapsed = 0; elapsed < limits.milliseconds; elapsed = performance.now() - begun) {
    if (warmHeap === null && elapsed > WARM_UP * limits.milliseconds) warmHeap = heapBytes();
    const input = damage(target.seeds, random);
    inputs += 1;
    const failed = (why: string, cause?: unknown) =>
      new Error(`${target.name}, seed ${limits.seed}, input ${inputs}: ${why}\n${shown(input)}`, { cause });
    try {
      const before = performance.now();
      if (await target.read(input, random)) read += 1;
      slowestMs = Math.max(slowestMs, performance.now() - before);
    } catch (error) {
      if (!isCrosspointError(error)) throw failed(`it threw ${String(error)}`, error);
    }
    if (slowestMs < limits.mostMs) continue;
    slowestMs = await bestOfThree(target, input);
    if (slowestMs >= limits.mostMs) throw failed(`it took ${slowestMs.toFixed(1)} ms`);
  }
  const grownBytes = heapBytes() - (warmHeap ?? 0);
  return { name: target.name, seed: limits.seed, inputs, read, slowestMs, grownBytes };
}

/** CPU time, so that a neighbour on the same core is not taken for slowness. */
async function bestOfThree(target: FuzzTarget, input: Buffer): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    const before = process.cpuUsage();
    try {
      await target.read(input, seededRandom(i));
    } catch (error) {
      if (!isCrosspointError(error)) throw error;
    }
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

/** After a collection: what is really held. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

function shown(input: Buffer): string {
  return JSON.stringify(input.subarray(0, SHOWN_BYTES).toString('latin1'));
}
