import { type Archive, isRunning } from './archive.ts';

/** All are in memory. */
const MAX_ARCHIVES = 10_000;

/** Those of which nothing can be fetched any more, and that were told of for long enough; and the oldest of too many. */
export function forgotten(archives: readonly Archive[], keepMs: number, now: number): Archive[] {
  const empty = archives.filter(
    archive => !isRunning(archive) && archive.file === null && archive.status !== 'stopped',
  );
  const newest = [...empty].sort((a, b) => b.createdAt - a.createdAt);
  const room = Math.max(0, MAX_ARCHIVES - (archives.length - empty.length));
  return newest.filter(({ changedAt }, index) => changedAt < now - keepMs || index >= room);
}
