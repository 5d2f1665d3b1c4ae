import type { Database } from 'better-sqlite3';
import type { CallRecord } from '../records/call-record.ts';
import { type CallFilter, isAskedFor } from '../records/record-filter.ts';
import type { CallRecordPage, CallRecordPlace, StoredCallRecord } from './rows.ts';

/** Rows that one request may look at: the thread is to be free again after some ten milliseconds. */
const MAX_LOOKED_AT = 2_000;

interface Row {
  readonly row: number;
  readonly createdAt: number;
  readonly record: string;
}

/** Calls that are over: the last so many, the oldest make way. */
export class CallRecordsTable {
  readonly #max: number;
  readonly #sql;
  #count: number;

  constructor(db: Database, max: number) {
    this.#max = max;
    this.#sql = {
      save: db.prepare<StoredCallRecord>(`INSERT INTO call_records (id, project, created_at, record)
        VALUES (@id, @project, @createdAt, @record) ON CONFLICT (id) DO UPDATE SET record = excluded.record`),
      get: db.prepare<[string], string>('SELECT record FROM call_records WHERE id = ?').pluck(),
      older: db.prepare<[number, number], Row>(`SELECT row, created_at AS createdAt, record FROM call_records
        WHERE (created_at, row) < (?, ?) ORDER BY created_at DESC, row DESC`),
      olderOf: db.prepare<[string, number, number], Row>(`SELECT row, created_at AS createdAt, record FROM call_records
        WHERE project = ? AND (created_at, row) < (?, ?) ORDER BY created_at DESC, row DESC`),
      media: db.prepare<[string], string>('SELECT record FROM call_media WHERE call = ?').pluck(),
      count: db.prepare<[], number>('SELECT count(*) FROM call_records').pluck(),
      dropOldest: db.prepare<[number]>(
        'DELETE FROM call_records WHERE row IN (SELECT row FROM call_records ORDER BY created_at, row LIMIT ?)',
      ),
      prune: db.prepare<[number]>('DELETE FROM call_records WHERE created_at < ?'),
      remove: db.prepare<[string]>('DELETE FROM call_records WHERE id = ?'),
    };
    this.#count = this.#sql.count.get() ?? 0;
    if (this.#count > max) this.#dropOldest(this.#count - max);
  }

  save(record: StoredCallRecord): void {
    this.#sql.save.run(record);
    this.#count += 1;
    // Some at a time; a rolled-back write may have left the count a little high.
    if (this.#count > this.#max) this.#dropOldest(Math.ceil(this.#max / 100));
  }

  /** JSON; null of a call that is not known (any more). */
  get(id: string): string | null {
    return this.#sql.get.get(id) ?? null;
  }

  /**
   * The next calls that are asked for, those that began last first.
   *
   * @param after where the page before ended; null: from the newest on
   */
  page(filter: CallFilter, after: CallRecordPlace | null, limit: number): CallRecordPage {
    const found: { id: string; record: string }[] = [];
    let place = after ?? { createdAt: filter.until ?? Number.MAX_SAFE_INTEGER, row: Number.MAX_SAFE_INTEGER };
    let lookedAt = 0;
    for (const { row, createdAt, record } of this.#older(filter.project, place)) {
      if (filter.since !== undefined && createdAt < filter.since) break;
      if (found.length === limit || lookedAt === MAX_LOOKED_AT) return { records: this.#withMedia(found), next: place };
      place = { createdAt, row };
      lookedAt += 1;
      const call = JSON.parse(record) as CallRecord;
      if (isAskedFor(call, filter)) found.push({ id: call.id, record });
    }
    return { records: this.#withMedia(found), next: null };
  }

  #older(project: string | undefined, { createdAt, row }: CallRecordPlace): IterableIterator<Row> {
    if (project === undefined) return this.#sql.older.iterate(createdAt, row);
    return this.#sql.olderOf.iterate(project, createdAt, row);
  }

  #withMedia(found: readonly { id: string; record: string }[]): CallRecordPage['records'] {
    return found.map(({ id, record }) => ({ record, media: this.#sql.media.get(id) ?? null }));
  }

  prune(before: number): number {
    const { changes } = this.#sql.prune.run(before);
    this.#count -= changes;
    return changes;
  }

  remove(id: string): void {
    this.#count -= this.#sql.remove.run(id).changes;
  }

  #dropOldest(count: number): void {
    this.#sql.dropOldest.run(count);
    this.#count = this.#sql.count.get() ?? 0;
  }
}
