import type { Database } from 'better-sqlite3';
import type { StoredAnswer } from './rows.ts';

/** What requests with an Idempotency-Key were answered, so that one that comes again after a restart does no second thing. */
export class AnswersTable {
  readonly #sql;

  constructor(db: Database) {
    this.#sql = {
      save: db.prepare<StoredAnswer>(`INSERT INTO answers (id, fingerprint, answer, at)
        VALUES (@id, @fingerprint, @answer, @at) ON CONFLICT (id) DO UPDATE
        SET fingerprint = excluded.fingerprint, answer = excluded.answer, at = excluded.at`),
      remove: db.prepare<[string]>('DELETE FROM answers WHERE id = ?'),
      all: db.prepare<[], StoredAnswer>('SELECT id, fingerprint, answer, at FROM answers ORDER BY at'),
    };
  }

  save(answer: StoredAnswer): void {
    this.#sql.save.run(answer);
  }

  remove(id: string): void {
    this.#sql.remove.run(id);
  }

  all(): StoredAnswer[] {
    return this.#sql.all.all();
  }
}
