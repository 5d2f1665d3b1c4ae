import type { Database } from 'better-sqlite3';
import type { StoredCallMedia } from './rows.ts';

/** Media figures of calls that are over: the last so many, the oldest make way. */
export class CallMediaTable {
  readonly #max: number;
  readonly #sql;
  #count: number;

  constructor(db: Database, max: number) {
    this.#max = max;
    this.#sql = {
      save: db.prepare<StoredCallMedia>(`INSERT INTO call_media (call, project, ended_at, record)
        VALUES (@call, @project, @endedAt, @record) ON CONFLICT (call) DO UPDATE SET record = excluded.record`),
      get: db.prepare<[string], string>('SELECT record FROM call_media WHERE call = ?').pluck(),
      count: db.prepare<[], number>('SELECT count(*) FROM call_media').pluck(),
      dropOldest: db.prepare<[number]>(
        'DELETE FROM call_media WHERE call IN (SELECT call FROM call_media ORDER BY ended_at LIMIT ?)',
      ),
      prune: db.prepare<[number]>('DELETE FROM call_media WHERE ended_at < ?'),
    };
    this.#count = this.#sql.count.get() ?? 0;
  }

  save(media: StoredCallMedia): void {
    this.#sql.save.run(media);
    this.#count += 1;
    if (this.#count <= this.#max) return;
    // Some at a time; a rolled-back write may have left the count a little high.
    this.#sql.dropOldest.run(Math.ceil(this.#max / 100));
    this.#count = this.#sql.count.get() ?? 0;
  }

  /** JSON; null of a call that is not known (any more). */
  get(call: string): string | null {
    return this.#sql.get.get(call) ?? null;
  }

  prune(before: number): number {
    const { changes } = this.#sql.prune.run(before);
    this.#count -= changes;
    return changes;
  }
}
