import type { Database } from 'better-sqlite3';
import { DeadLettersTable } from './dead-letters-table.ts';
import type { Aged, OutboxTable } from './outbox-table.ts';
import type { Backlog, DeadLetterChoice } from './rows.ts';

/** Other targets read what they missed elsewhere, or not at all. */
const WEBHOOK = /^webhook:/;

/** Between the outbox and the dead letters. Methods that write must run inside a transaction. */
export class DeadLetters {
  readonly table: DeadLettersTable;
  readonly #outbox: OutboxTable;

  constructor(db: Database, outbox: OutboxTable) {
    this.table = new DeadLettersTable(db);
    this.#outbox = outbox;
  }

  bury(target: string, row: number, reason: string, now: number): void {
    const event = this.#outbox.get(row);
    if (event && this.#outbox.settle(target, [row]) > 0) this.table.add(target, event, reason, now);
  }

  /** Deliveries of events recorded before; those of webhooks are kept. Answers how many went. */
  prune(which: Aged, now: number): number {
    this.table.prune(now);
    return this.#outbox.prune(which, (target, row) => {
      if (WEBHOOK.test(target)) this.table.add(target, row, 'it waited for too long', now);
    });
  }

  /** Of a target that is no more. Answers how many deliveries went. */
  discard(target: string): number {
    this.table.remove({ target, ids: null });
    return this.#outbox.discard(target);
  }

  /** The event keeps its id; it gets a new row, behind all that wait already. */
  replay(choice: DeadLetterChoice, now: number): { target: string; count: number }[] {
    const counts = new Map<string, number>();
    for (const { target, event: id, key, body } of this.table.take(choice)) {
      this.#outbox.add({ id, key, recordedAt: now, targets: [target], body });
      counts.set(target, (counts.get(target) ?? 0) + 1);
    }
    return [...counts].map(([target, count]) => ({ target, count }));
  }

  backlogs(): Backlog[] {
    const all = new Map<string, Backlog>();
    for (const waiting of this.#outbox.backlogs()) all.set(waiting.target, { ...waiting, deadLetters: 0 });
    for (const { target, count } of this.table.counts()) {
      const { pending = 0, oldest = null } = all.get(target) ?? {};
      all.set(target, { target, pending, oldest, deadLetters: count });
    }
    return [...all.values()];
  }
}
