import type { Database } from 'better-sqlite3';
import type { DeadLetter, DeadLetterChoice, OutboxRow } from './rows.ts';

/** Of these, and all targets together; beyond it the oldest go. */
const MAX_DEAD_LETTERS = 10_000;
const MAX_AGE_MS = 7 * 24 * 3_600_000;
/** One request goes through so many. */
const BATCH = 1000;

/** Events that were given up for one target, with why. Methods that write must run inside a transaction. */
export class DeadLettersTable {
  readonly #sql;

  constructor(db: Database) {
    const chosen =
      '(@target IS NULL OR target = @target) AND (@ids IS NULL OR id IN (SELECT value FROM json_each(@ids)))';
    const columns = 'id, target, event, key, recorded_at AS recordedAt, buried_at AS buriedAt, reason, body';
    this.#sql = {
      add: db.prepare(`INSERT INTO dead_letters (target, event, key, recorded_at, buried_at, reason, body)
        VALUES (?, ?, ?, ?, ?, ?, ?)`),
      bound: db.prepare<[number]>(`DELETE FROM dead_letters WHERE id <= (SELECT max(id) FROM dead_letters) - ?`),
      page: db.prepare<{ target: string | null; after: number; limit: number }, DeadLetter>(
        `SELECT ${columns} FROM dead_letters WHERE (@target IS NULL OR target = @target) AND id > @after ORDER BY id LIMIT @limit`,
      ),
      chosen: db.prepare<{ target: string | null; ids: string | null }, DeadLetter>(
        `SELECT ${columns} FROM dead_letters WHERE ${chosen} ORDER BY id LIMIT ${BATCH}`,
      ),
      removeChosen: db.prepare<{ target: string | null; ids: string | null }>(
        `DELETE FROM dead_letters WHERE ${chosen}`,
      ),
      remove: db.prepare<[number]>('DELETE FROM dead_letters WHERE id = ?'),
      prune: db.prepare<[number]>('DELETE FROM dead_letters WHERE buried_at < ?'),
      counts: db.prepare<[], { target: string; count: number }>(
        'SELECT target, count(*) AS count FROM dead_letters GROUP BY target',
      ),
    };
  }

  add(target: string, row: OutboxRow, reason: string, now: number): void {
    this.#sql.add.run(target, row.id, row.key, row.recordedAt, now, reason, row.body);
    // Numbers rise by one: whoever is more than that behind the newest is one too many.
    this.#sql.bound.run(MAX_DEAD_LETTERS);
  }

  /** Oldest first. */
  page(target: string | null, after: number, limit: number): DeadLetter[] {
    return this.#sql.page.all({ target, after, limit });
  }

  /** Takes them out, a thousand at most. */
  take(choice: DeadLetterChoice): DeadLetter[] {
    const letters = this.#sql.chosen.all(parametersOf(choice));
    for (const { id } of letters) this.#sql.remove.run(id);
    return letters;
  }

  remove(choice: DeadLetterChoice): number {
    return this.#sql.removeChosen.run(parametersOf(choice)).changes;
  }

  prune(now: number): void {
    this.#sql.prune.run(now - MAX_AGE_MS);
  }

  counts(): { target: string; count: number }[] {
    return this.#sql.counts.all();
  }
}

function parametersOf({ target, ids }: DeadLetterChoice): { target: string | null; ids: string | null } {
  return { target, ids: ids && JSON.stringify(ids) };
}
