import type { Clock, Timer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { isDiskTrouble } from './database.ts';
import { type Answer, freesSpace, type Method, type Result, type WriteCall } from './requests.ts';

/** One transaction at most; more than this and a single commit would hold up those who wait for the next. */
const GROUP_MAX = 500;
const RETRY_FIRST_MS = 100;
const RETRY_LAST_MS = 5000;

export interface WriteQueueOptions {
  /** All or none; throws what SQLite throws. */
  readonly commit: (writes: readonly WriteCall[]) => Result<Method>[];
  readonly answer: (answers: readonly Answer[]) => void;
  readonly clock: Clock;
}

/**
 * Group commit: what was pushed since the last commit becomes one transaction, and is answered after its COMMIT.
 *
 * While the disk is full or failing nothing is lost: writes stay here, in order, and are tried again, those that
 * free space before the others (a delivered event must leave even when no new one fits). The sender bounds the queue.
 */
export class WriteQueue {
  readonly #options: WriteQueueOptions;
  #queue: WriteCall[] = [];
  #timer: Timer | null = null;
  #retryMs = RETRY_FIRST_MS;
  #errors = 0;
  #problem: string | null = null;

  constructor(options: WriteQueueOptions) {
    this.#options = options;
  }

  get errors(): number {
    return this.#errors;
  }

  get problem(): string | null {
    return this.#problem;
  }

  push(write: WriteCall): void {
    this.#queue.push(write);
  }

  /** Commits what waits; while the disk is in trouble, or a long queue is being worked off, when its turn comes. */
  commit(): void {
    if (this.#timer === null && this.#queue.length > 0) this.#run();
  }

  /** Commits what waits, for the last time; what cannot be committed is answered with a failure. */
  close(): void {
    this.#timer?.stop();
    while (this.#queue.length > 0 && this.#commitGroup());
    this.#options.answer(
      this.#queue.splice(0).map(({ id }) => ({
        id,
        failure: { code: 'store.closed', message: 'The store was closed before this was written.', retriable: false },
      })),
    );
    this.#timer?.stop();
  }

  #schedule(delayMs: number): void {
    this.#timer ??= this.#options.clock.after(delayMs, () => this.#run());
  }

  #run(): void {
    this.#timer?.stop();
    this.#timer = null;
    if (this.#commitGroup()) this.#retryMs = RETRY_FIRST_MS;
    else this.#retryMs = Math.min(RETRY_LAST_MS, this.#retryMs * 2);
    if (this.#queue.length > 0) this.#schedule(this.#problem === null ? 0 : this.#retryMs);
  }

  /** False when the disk does not take writes: not even the next one alone, when they don't go through together. */
  #commitGroup(): boolean {
    for (let size = Math.min(GROUP_MAX, this.#queue.length); size >= 1; size = Math.floor(size / 2)) {
      const group = this.#queue.slice(0, size);
      const outcome = this.#try(group);
      if (outcome === 'fault') return this.#oneByOne(group);
      if (outcome === 'done') {
        this.#queue.splice(0, size);
        return true;
      }
    }
    this.#freeSpace();
    return false;
  }

  /** One of them is at fault, not the disk: each stands for itself. */
  #oneByOne(group: readonly WriteCall[]): boolean {
    for (const write of group) {
      if (this.#try([write]) === 'disk') return false;
      this.#queue.shift();
    }
    return true;
  }

  #freeSpace(): void {
    const freeing = this.#queue.filter(freesSpace).slice(0, GROUP_MAX);
    if (freeing.length === 0 || this.#try(freeing) !== 'done') return;
    const done = new Set(freeing);
    this.#queue = this.#queue.filter(write => !done.has(write));
    this.#retryMs = RETRY_FIRST_MS;
  }

  /** 'done' is committed and answered; after 'disk' and 'fault' nothing was written, and only a lone faulty write is answered. */
  #try(writes: readonly WriteCall[]): 'done' | 'disk' | 'fault' {
    try {
      const results = this.#options.commit(writes);
      // Only a write that needs room shows that there is room again.
      if (this.#problem !== null && !writes.every(freesSpace)) this.#problem = null;
      this.#options.answer(writes.map(({ id }, index) => ({ id, result: results[index] })));
      return 'done';
    } catch (error) {
      this.#errors += 1;
      if (isDiskTrouble(error)) {
        this.#problem = `The database does not take writes: ${messageOf(error)}.`;
        this.#options.answer([]);
        return 'disk';
      }
      if (writes.length === 1) {
        const failure = { code: 'store.failed', message: messageOf(error), retriable: false } as const;
        this.#options.answer(writes.map(({ id }) => ({ id, failure })));
      }
      return 'fault';
    }
  }
}
