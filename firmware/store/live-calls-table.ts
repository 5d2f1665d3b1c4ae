import type { Database } from 'better-sqlite3';
import type { LeftCall, LiveCall, LiveCallChange } from './rows.ts';

/** The calls that have begun and not ended. What a killed process leaves here are its orphans. */
export class LiveCallsTable {
  readonly #sql;

  constructor(db: Database) {
    this.#sql = {
      begin: db.prepare<LiveCall>(`INSERT INTO live_calls (id, project, session, connection, created_at, state, facts)
        VALUES (@id, @project, @session, @connection, @createdAt, @state, @facts) ON CONFLICT (id) DO NOTHING`),
      move: db.prepare<[string, string | null, string]>(
        'UPDATE live_calls SET state = ?, facts = coalesce(?, facts) WHERE id = ?',
      ),
      words: db.prepare<[string, string]>('UPDATE live_calls SET last_words = ? WHERE id = ?'),
      end: db.prepare<[string]>('DELETE FROM live_calls WHERE id = ?'),
      all: db.prepare<[], LeftCall>(
        'SELECT id, project, session, connection, created_at AS createdAt, state, facts, last_words AS lastWords FROM live_calls ORDER BY created_at',
      ),
    };
  }

  apply(change: LiveCallChange): void {
    switch (change.kind) {
      case 'begin':
        this.#sql.begin.run(change.call);
        return;
      case 'move':
        this.#sql.move.run(change.state, change.facts, change.id);
        return;
      case 'words':
        this.#sql.words.run(change.lastWords, change.id);
        return;
      case 'end':
        this.#sql.end.run(change.id);
        return;
    }
  }

  all(): LeftCall[] {
    return this.#sql.all.all();
  }
}
