import type { Database } from 'better-sqlite3';
import type { StoredSession } from './rows.ts';

/** SQLite has no booleans. */
type Row = Omit<StoredSession, 'muted'> & { readonly muted: 0 | 1 };

/** Sessions by id, so that one outlives a restart of the service. */
export class SessionsTable {
  readonly #sql;

  constructor(db: Database) {
    this.#sql = {
      save: db.prepare<Row>(`INSERT INTO sessions (id, project, media_mode, archive_mode, created_at, muted)
        VALUES (@id, @project, @mediaMode, @archiveMode, @createdAt, @muted) ON CONFLICT (id) DO UPDATE
        SET media_mode = excluded.media_mode, archive_mode = excluded.archive_mode, muted = excluded.muted`),
      remove: db.prepare<[string]>('DELETE FROM sessions WHERE id = ?'),
      prune: db.prepare<[number]>('DELETE FROM sessions WHERE created_at < ?'),
      all: db.prepare<[], Row>(`SELECT id, project, media_mode AS mediaMode, archive_mode AS archiveMode,
        created_at AS createdAt, muted FROM sessions ORDER BY created_at`),
    };
  }

  save(session: StoredSession): void {
    this.#sql.save.run({ ...session, muted: session.muted ? 1 : 0 });
  }

  remove(id: string): void {
    this.#sql.remove.run(id);
  }

  prune(before: number): number {
    return this.#sql.prune.run(before).changes;
  }

  all(): StoredSession[] {
    return this.#sql.all.all().map(row => ({ ...row, muted: row.muted === 1 }));
  }
}
