import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** One place for every test process of a user, whatever its TMPDIR. */
const folder = `/tmp/crosspoint-test-reservations-${process.getuid?.() ?? 0}`;
const held = new Set<string>();
process.on('exit', () => {
  for (const name of held) release(name);
});

/** Takes a name for this process, unless another living one has it. */
export function reserve(name: string): boolean {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, name);
  if (!isFree(file)) return false;
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch {
    // Somebody was quicker.
    return false;
  }
  held.add(name);
  return true;
}

export function release(name: string): void {
  held.delete(name);
  rmSync(path.join(folder, name), { force: true });
}

/** Clears what a killed process left. */
function isFree(file: string): boolean {
  let owner: number;
  try {
    owner = Number(readFileSync(file, 'utf8'));
  } catch {
    return true;
  }
  try {
    process.kill(owner, 0);
    return false;
  } catch {
    rmSync(file, { force: true });
    return true;
  }
}
