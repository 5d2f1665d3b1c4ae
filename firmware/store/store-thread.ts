/**
 * The thread that owns the database: SQLite is synchronous, and a slow disk must stop nothing but what waits for it.
 * Started by Store; see requests.ts for what it is asked.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { systemClock } from '../base/clock.ts';
import { CrosspointError, isCrosspointError, messageOf } from '../base/errors.ts';
import { openDatabase } from './database.ts';
import {
  type Answer,
  type Failure,
  type FromThread,
  isWrite,
  type ReadCall,
  type StoreStatus,
  type ThreadOptions,
  type ToThread,
} from './requests.ts';
import { Tables } from './tables.ts';
import { WalSync } from './wal-sync.ts';
import { WriteQueue } from './write-queue.ts';

if (!parentPort) throw new CrosspointError('store.unavailable', 'The store thread is not a program of its own.');
run(parentPort, workerData as ThreadOptions);

function run(port: MessagePort, options: ThreadOptions): void {
  const post = (message: FromThread) => port.postMessage(message);
  let db: Database;
  let tables: Tables;
  try {
    db = openDatabase(options.file, options.maxBytes, systemClock.now());
    tables = new Tables(db, options, options.maxCallRecords);
  } catch (error) {
    post({ kind: 'refused', failure: asFailure(error) });
    port.close();
    return;
  }

  let syncErrors = 0;
  let syncProblem: string | null = null;
  const walSync = new WalSync(options.file, options.syncMs, systemClock, error => {
    if (error) syncErrors += 1;
    if (error === null && syncProblem === null) return;
    syncProblem = error && `The database cannot be synced to disk: ${error.message}.`;
    answer([]);
  });
  const queue = new WriteQueue({
    commit(writes) {
      const results = tables.commit(writes);
      walSync.changed();
      if (writes.some(({ method }) => method === 'prune')) tables.outbox.shrink();
      return results;
    },
    answer,
    clock: systemClock,
  });
  let commitDue: NodeJS.Immediate | null = null;

  function status(): StoreStatus {
    return {
      pending: tables.outbox.pending,
      dropped: tables.outbox.dropped,
      errors: queue.errors + syncErrors,
      problem: queue.problem ?? syncProblem,
    };
  }

  function answer(answers: readonly Answer[]): void {
    post({ kind: 'answers', answers, status: status() });
  }

  function read(call: ReadCall): Answer {
    try {
      return { id: call.id, result: tables.read(call) };
    } catch (error) {
      return { id: call.id, failure: asFailure(error) };
    }
  }

  /** After every message that has arrived: when the disk was slow, several make one transaction. */
  function commitSoon(): void {
    commitDue ??= setImmediate(() => {
      commitDue = null;
      queue.commit();
    });
  }

  port.on('message', (message: ToThread) => {
    if ('close' in message) {
      if (commitDue) clearImmediate(commitDue);
      queue.close();
      walSync.close();
      // Checkpoints and takes the -wal away: the file alone is whole.
      db.close();
      port.close();
      return;
    }
    const answers: Answer[] = [];
    for (const call of message.calls) {
      if (isWrite(call)) queue.push(call);
      else answers.push(read(call));
    }
    if (answers.length > 0) answer(answers);
    if (answers.length < message.calls.length) commitSoon();
  });
  post({ kind: 'ready', status: status() });
}

function asFailure(error: unknown): Failure {
  if (isCrosspointError(error)) {
    return { code: error.code as Failure['code'], message: error.message, retriable: error.retriable };
  }
  return { code: 'store.failed', message: messageOf(error), retriable: false };
}
