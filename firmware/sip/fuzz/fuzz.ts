/** `npm run fuzz:sip -- --seconds 600 --seed 7`: damaged inputs for everything that reads what strangers write. */
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { DESCRIPTIONS } from './description-target.ts';
import { MESSAGE_TARGETS } from './message-targets.ts';
import { type FuzzReport, runTarget } from './run-target.ts';
import { VALUE_TARGETS } from './value-targets.ts';

export const TARGETS = [...MESSAGE_TARGETS, ...VALUE_TARGETS, DESCRIPTIONS];

/** A 64 KiB message is read in less than a millisecond; far above what a busy machine adds, far below a ReDoS. */
export const MOST_MS = 25;

/** One line for people. */
export function lineOf({ name, seed, inputs, read, slowestMs, grownBytes }: FuzzReport): string {
  const share = ((100 * read) / inputs).toFixed(0);
  const kilobytes = (grownBytes / 1024).toFixed(0);
  return `${name}: ${inputs} inputs of seed ${seed}, ${share} % read, slowest ${slowestMs.toFixed(1)} ms, heap ${kilobytes} KB`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '600' },
      seed: { type: 'string', default: String(Date.now() % 1e9) },
    },
  });
  const milliseconds = (Number(values.seconds) * 1000) / TARGETS.length;
  for (const target of TARGETS) {
    console.log(lineOf(await runTarget(target, { milliseconds, seed: Number(values.seed), mostMs: MOST_MS })));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
