import type { Database } from 'better-sqlite3';
import type { DocumentKind, StoredDocument } from './rows.ts';

/** Things that are in memory as a whole and kept as JSON: a table for each kind. How many there are is for their owner to say. */
export class DocumentsTable {
  readonly #sql;

  constructor(db: Database, kind: DocumentKind) {
    this.#sql = {
      save: db.prepare<StoredDocument>(`INSERT INTO ${kind} (id, created_at, record)
        VALUES (@id, @createdAt, @record) ON CONFLICT (id) DO UPDATE SET record = excluded.record`),
      remove: db.prepare<[string]>(`DELETE FROM ${kind} WHERE id = ?`),
      all: db.prepare<[], StoredDocument>(
        `SELECT id, created_at AS createdAt, record FROM ${kind} ORDER BY created_at, id`,
      ),
    };
  }

  save({ id, createdAt, record }: StoredDocument): void {
    this.#sql.save.run({ id, createdAt, record });
  }

  remove(id: string): void {
    this.#sql.remove.run(id);
  }

  /** Oldest first. */
  all(): StoredDocument[] {
    return this.#sql.all.all();
  }
}
