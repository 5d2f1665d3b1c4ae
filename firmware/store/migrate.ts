import type { Database } from 'better-sqlite3';
import { CrosspointError } from '../base/errors.ts';

/** One step from a layout of the database to the next; applied once, in order, each in a transaction of its own. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/**
 * Brings a database to the newest layout that this program knows.
 *
 * @throws CrosspointError store.newer when a later program has already changed it
 */
export function migrate(db: Database, migrations: readonly Migration[], now: number): void {
  db.exec(`CREATE TABLE IF NOT EXISTS migrations (
    version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT`);
  const applied = new Set(db.prepare('SELECT version FROM migrations').pluck().all() as number[]);
  const found = Math.max(0, ...applied);
  const newest = migrations.at(-1)?.version ?? 0;
  if (found > newest) {
    throw new CrosspointError(
      'store.newer',
      `The database has layout ${found}, this program knows layouts up to ${newest}: it was last used by a newer release.`,
    );
  }
  const note = db.prepare('INSERT INTO migrations (version, name, applied_at) VALUES (?, ?, ?)');
  for (const migration of migrations) {
    // Not by the highest: of steps that were made at the same time, one may have come to a box before another.
    if (applied.has(migration.version)) continue;
    db.transaction(() => {
      db.exec(migration.sql);
      note.run(migration.version, migration.name, now);
    }).immediate();
  }
}
