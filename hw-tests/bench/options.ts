import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../../firmware/base/errors.ts';

/** Runs `main` when its module is the program that was started, not a part of another; a failure is one sentence. */
export async function runAsEntry(moduleUrl: string, main: () => Promise<void>): Promise<void> {
  const entry = process.argv[1];
  if (entry === undefined || pathToFileURL(realpathSync(entry)).href !== moduleUrl) return;
  try {
    await main();
  } catch (error) {
    console.error(`could not be measured: ${messageOf(error)}`);
    process.exitCode = 1;
  }
}

/** "20,100" → [20, 100]. @throws a sentence that names the option */
export function numbers(name: string, text: string): number[] {
  const values = text.split(',').map(Number);
  if (values.some(value => !Number.isFinite(value) || value <= 0))
    throw new Error(`--${name} takes positive numbers, separated by commas, not "${text}"`);
  return values;
}
