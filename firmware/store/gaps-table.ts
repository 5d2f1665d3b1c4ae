import type { Database } from 'better-sqlite3';
import type { GapEnd, StoredGap } from './rows.ts';

interface GapRow {
  readonly target: string;
  readonly project: string;
  readonly first: string;
  readonly last: string;
  readonly count: number;
}

/** Which events a target was never told of, because they were dropped: one stretch a project, until the target knows. */
export class GapsTable {
  readonly #sql;

  constructor(db: Database) {
    this.#sql = {
      add: db.prepare<[string, string, string, string]>(`
        INSERT INTO gaps (target, project, first, last, count) VALUES (?, ?, ?, ?, 1)
        ON CONFLICT (target, project) DO UPDATE SET last = excluded.last, count = count + 1`),
      all: db.prepare<[string], GapRow>('SELECT * FROM gaps WHERE target = ?'),
      told: db.prepare<[string, string, number]>('DELETE FROM gaps WHERE target = ? AND project = ? AND count = ?'),
    };
  }

  /**
   * That event is dropped. Events are dropped in their order.
   * @param body of the event; one that nobody can read leaves no trace
   */
  add(target: string, body: string): void {
    const end = endOf(body);
    if (end) this.#sql.add.run(target, end.project, JSON.stringify(end.at), JSON.stringify(end.at));
  }

  all(target: string): StoredGap[] {
    return this.#sql.all.all(target).map(({ first, last, ...row }) => ({
      ...row,
      first: JSON.parse(first) as GapEnd,
      last: JSON.parse(last) as GapEnd,
    }));
  }

  /** One that has grown since it was read stays. */
  told({ target, project, count }: StoredGap): void {
    this.#sql.told.run(target, project, count);
  }
}

/** What events are told apart by: every release writes that the same way. */
function endOf(body: string): { readonly project: string; readonly at: GapEnd } | null {
  try {
    const { project, bootId, sequence, time } = JSON.parse(body);
    return { project: String(project), at: { bootId: String(bootId), sequence: Number(sequence), time: Number(time) } };
  } catch {
    return null;
  }
}
