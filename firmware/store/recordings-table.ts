import type { Database } from 'better-sqlite3';
import type { StoredRecording } from './rows.ts';

/** Recordings that run and that are kept. How many there are is for who deletes their files to say. */
export class RecordingsTable {
  readonly #sql;

  constructor(db: Database) {
    this.#sql = {
      save: db.prepare<StoredRecording>(`INSERT INTO recordings (id, created_at, record)
        VALUES (@id, @createdAt, @record) ON CONFLICT (id) DO UPDATE SET record = excluded.record`),
      remove: db.prepare<[string]>('DELETE FROM recordings WHERE id = ?'),
      all: db.prepare<[], StoredRecording>(
        'SELECT id, created_at AS createdAt, record FROM recordings ORDER BY created_at',
      ),
    };
  }

  save(recording: StoredRecording): void {
    this.#sql.save.run(recording);
  }

  remove(id: string): void {
    this.#sql.remove.run(id);
  }

  /** Oldest first. */
  all(): StoredRecording[] {
    return this.#sql.all.all();
  }
}
