import type { Database } from 'better-sqlite3';
import { GapsTable } from './gaps-table.ts';
import type { Backlog, NewEvent, OutboxRow, TargetLimits } from './rows.ts';

export interface OutboxLimits {
  readonly maxPendingPerTarget: number;
  /** Targets that have bounds of their own, and for which it is written down what was dropped. */
  readonly targets: Readonly<Record<string, TargetLimits>>;
}

/** Recorded before; `only` a target's, or all `except` one's. */
export interface Aged {
  readonly before: number;
  readonly only: string | null;
  readonly except: string | null;
}

interface Pending {
  count: number;
  /** Of the events' bodies. */
  bytes: number;
}

/**
 * Events and who must still be told of them. What every target was told of is deleted, so an idle box holds no rows.
 *
 * Methods that write must run inside a transaction; after a rollback call `rolledBack`.
 */
export class OutboxTable {
  readonly #db: Database;
  readonly gaps: GapsTable;
  readonly #limits: OutboxLimits;
  readonly #pending = new Map<string, Pending>();
  readonly #sql;
  #dropped = 0;

  constructor(db: Database, limits: OutboxLimits) {
    this.#db = db;
    this.gaps = new GapsTable(db);
    this.#limits = limits;
    const rows = 'SELECT e.row, e.id, e.key, e.recorded_at AS recordedAt, e.body';
    this.#sql = {
      event: db.prepare<[string, string, number, string]>(
        'INSERT INTO events (id, key, recorded_at, body) VALUES (?, ?, ?, ?)',
      ),
      delivery: db.prepare<[string, number, number]>('INSERT INTO deliveries (target, event, bytes) VALUES (?, ?, ?)'),
      deleteDelivery: db
        .prepare<[string, number], number>('DELETE FROM deliveries WHERE target = ? AND event = ? RETURNING bytes')
        .pluck(),
      deleteEvent: db.prepare<[number, number]>(
        'DELETE FROM events WHERE row = ? AND NOT EXISTS (SELECT 1 FROM deliveries WHERE event = ?)',
      ),
      oldest: db
        .prepare<[string, number], number>('SELECT event FROM deliveries WHERE target = ? ORDER BY event LIMIT ?')
        .pluck(),
      oldestAt: db
        .prepare<[string], number>(
          'SELECT e.recorded_at FROM deliveries d JOIN events e ON e.row = d.event WHERE d.target = ? ORDER BY d.event LIMIT 1',
        )
        .pluck(),
      aged: db.prepare<Aged, { target: string; event: number }>(
        `SELECT d.target, d.event FROM events e JOIN deliveries d ON d.event = e.row
         WHERE e.recorded_at < @before AND d.target = ifnull(@only, d.target) AND d.target IS NOT @except
         ORDER BY e.recorded_at, e.row LIMIT 10000`,
      ),
      ofTarget: db.prepare<[string, number, number], OutboxRow>(
        `${rows} FROM deliveries d JOIN events e ON e.row = d.event
         WHERE d.target = ? AND d.event > ? ORDER BY d.event LIMIT ?`,
      ),
      ofKey: db.prepare<[string, string, number, number], OutboxRow>(
        `${rows} FROM events e JOIN deliveries d ON d.event = e.row AND d.target = ?
         WHERE e.key = ? AND e.row > ? ORDER BY e.row LIMIT ?`,
      ),
      row: db.prepare<[number], OutboxRow>(`${rows} FROM events e WHERE e.row = ?`),
      counts: db.prepare<[], Pending & { target: string }>(
        'SELECT target, count(*) AS count, sum(bytes) AS bytes FROM deliveries GROUP BY target',
      ),
    };
    this.#count();
  }

  get pending(): number {
    let sum = 0;
    for (const { count } of this.#pending.values()) sum += count;
    return sum;
  }

  /** Deliveries given up for lack of room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The event's row; null when it has no targets. */
  add(event: NewEvent): number | null {
    if (event.targets.length === 0) return null;
    const row = Number(this.#sql.event.run(event.id, event.key, event.recordedAt, event.body).lastInsertRowid);
    for (const target of event.targets) {
      this.#sql.delivery.run(target, row, event.body.length);
      const pending = this.#pending.get(target) ?? { count: 0, bytes: 0 };
      pending.count += 1;
      pending.bytes += event.body.length;
      this.#pending.set(target, pending);
      this.#makeRoom(target, pending);
    }
    return row;
  }

  /** Takes deliveries out; rows that are already gone don't matter. Answers how many there were. */
  settle(target: string, rows: readonly number[]): number {
    let settled = 0;
    let bytes = 0;
    for (const row of rows) {
      const of = this.#sql.deleteDelivery.get(target, row);
      if (of === undefined) continue;
      this.#sql.deleteEvent.run(row, row);
      settled += 1;
      bytes += of;
    }
    const pending = this.#pending.get(target);
    if (!pending) return settled;
    pending.count -= settled;
    pending.bytes -= bytes;
    if (pending.count <= 0) this.#pending.delete(target);
    return settled;
  }

  discard(target: string): number {
    return this.settle(target, this.#sql.oldest.all(target, -1));
  }

  /** @param bury is told of each before it goes */
  prune(which: Aged, bury: (target: string, row: OutboxRow) => void): number {
    const aged = this.#sql.aged.all(which);
    for (const { target, event } of aged) {
      const row = this.#sql.row.get(event);
      if (row) bury(target, row);
      this.#drop(target, [event]);
    }
    return aged.length;
  }

  /** Undefined once every target was told of it. */
  get(row: number): OutboxRow | undefined {
    return this.#sql.row.get(row);
  }

  backlogs(): Omit<Backlog, 'deadLetters'>[] {
    // Asked at every scrape of the metrics: nothing is counted row by row.
    return [...this.#pending].map(([target, { count }]) => ({
      target,
      pending: count,
      oldest: this.#sql.oldestAt.get(target) ?? null,
    }));
  }

  read(target: string, after: number, limit: number, key: string | null): OutboxRow[] {
    if (key === null) return this.#sql.ofTarget.all(target, after, limit);
    return this.#sql.ofKey.all(target, key, after, limit);
  }

  targets(): string[] {
    return [...this.#pending.keys()];
  }

  /** Puts the counters back to what the database says, with the number of drops that was true before. */
  rolledBack(dropped: number): void {
    this.#dropped = dropped;
    this.#count();
  }

  /** Gives the file's free pages back, some at a time: a long outage must not leave a large file for ever. */
  shrink(): void {
    if ((this.#db.pragma('freelist_count', { simple: true }) as number) > 256)
      this.#db.pragma('incremental_vacuum(1024)');
  }

  #makeRoom(target: string, pending: Pending): void {
    const own = this.#limits.targets[target];
    const maxPending = own?.maxPending ?? this.#limits.maxPendingPerTarget;
    if (pending.count > maxPending) this.#drop(target, this.#sql.oldest.all(target, pending.count - maxPending));
    while (own && pending.bytes > own.maxBytes && pending.count > 1)
      this.#drop(target, this.#sql.oldest.all(target, 1));
  }

  /** Gives up telling a target of those. */
  #drop(target: string, rows: readonly number[]): void {
    if (this.#limits.targets[target])
      for (const row of rows) {
        const event = this.#sql.row.get(row);
        if (event) this.gaps.add(target, event.body);
      }
    this.#dropped += this.settle(target, rows);
  }

  #count(): void {
    this.#pending.clear();
    for (const { target, ...pending } of this.#sql.counts.all()) this.#pending.set(target, pending);
  }
}
