import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Whether a module is the program that was started, not a part of another. */
export function isEntry(moduleUrl: string): boolean {
  const entry = process.argv[1];
  return entry !== undefined && pathToFileURL(realpathSync(entry)).href === moduleUrl;
}

/** "20,100" → [20, 100]. @throws a sentence that names the option */
export function numbers(name: string, text: string): number[] {
  const values = text.split(',').map(Number);
  if (values.some(value => !Number.isFinite(value) || value <= 0))
    throw new Error(`--${name} takes positive numbers, separated by commas, not "${text}"`);
  return values;
}
