import type { Database } from 'better-sqlite3';
import type { LiveMember, LiveMemberChange } from './rows.ts';

/** The connections and streams that have begun and not ended. What a killed process leaves here are its orphans. */
export class LiveMembersTable {
  readonly #sql;

  constructor(db: Database) {
    this.#sql = {
      enter: db.prepare<LiveMember>(`INSERT INTO live_members (id, since, event) VALUES (@id, @since, @event)
        ON CONFLICT (id) DO NOTHING`),
      leave: db.prepare<[string]>('DELETE FROM live_members WHERE id = ?'),
      all: db.prepare<[], LiveMember>('SELECT id, since, event FROM live_members ORDER BY since'),
    };
  }

  apply(change: LiveMemberChange): void {
    if (change.kind === 'enter') this.#sql.enter.run(change.member);
    else this.#sql.leave.run(change.id);
  }

  all(): LiveMember[] {
    return this.#sql.all.all();
  }
}
