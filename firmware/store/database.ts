import { closeSync, openSync } from 'node:fs';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { CrosspointError, messageOf } from '../base/errors.ts';
import { type Migration, migrate } from './migrate.ts';
import { outboxCallsSessions } from './migrations/0001-outbox-calls-sessions.ts';
import { answers } from './migrations/0002-answers.ts';
import { callMedia } from './migrations/0003-call-media.ts';
import { recordings } from './migrations/0004-recordings.ts';
import { mutedSessions } from './migrations/0005-muted-sessions.ts';
import { liveMembers } from './migrations/0006-live-members.ts';
import { archivesCallbacksDeadLetters } from './migrations/0008-archives-callbacks-dead-letters.ts';
import { queueBounds } from './migrations/0009-queue-bounds.ts';
import { callRecords } from './migrations/0010-call-records.ts';
import { pinsNumberForwards } from './migrations/0011-pins-number-forwards.ts';
import { lastWords } from './migrations/0012-last-words.ts';

const migrations: readonly Migration[] = [
  outboxCallsSessions,
  answers,
  callMedia,
  recordings,
  mutedSessions,
  liveMembers,
  archivesCallbacksDeadLetters,
  queueBounds,
  callRecords,
  pinsNumberForwards,
  lastWords,
];

/** Beyond this the write-ahead log is cut back after a checkpoint. */
const WAL_KEPT_BYTES = 4 * 1024 * 1024;

/**
 * Opens the database, or makes it, and proves that it can be used.
 *
 * @param maxBytes the size that the file never passes; writes fail with SQLITE_FULL instead
 * @throws CrosspointError store.unavailable (cannot be opened), store.corrupt, store.newer
 */
export function openDatabase(file: string, maxBytes: number, now: number): Database {
  const db = open(file);
  try {
    // Must come before the first page is written.
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    // With a WAL, NORMAL survives a killed process always; wal-sync.ts bounds what a power cut can take.
    db.pragma('synchronous = NORMAL');
    db.pragma(`journal_size_limit = ${WAL_KEPT_BYTES}`);
    db.pragma('temp_store = MEMORY');
    db.pragma('foreign_keys = OFF');
    db.pragma(`max_page_count = ${Math.floor(maxBytes / (db.pragma('page_size', { simple: true }) as number))}`);
    const verdict = db.pragma('quick_check(1)', { simple: true });
    if (verdict !== 'ok') throw corrupt(file, verdict);
    migrate(db, migrations, now);
    return db;
  } catch (error) {
    db.close();
    throw asStoreError(file, error);
  }
}

function open(file: string): Database {
  try {
    // SQLite would make it readable for everybody; its -wal and -shm take over the mode.
    closeSync(openSync(file, 'a', 0o600));
    return new SqliteDatabase(file, { timeout: 2000 });
  } catch (error) {
    throw asStoreError(file, error);
  }
}

function corrupt(file: string, cause: unknown): CrosspointError {
  return new CrosspointError(
    'store.corrupt',
    `${file} is not a sound database. Move it (with its -wal and -shm) out of the way to start with an empty one.`,
    { cause },
  );
}

function asStoreError(file: string, error: unknown): CrosspointError {
  if (error instanceof CrosspointError) return error;
  const code = sqliteCode(error);
  if (code === 'SQLITE_NOTADB' || code?.startsWith('SQLITE_CORRUPT')) return corrupt(file, error);
  return new CrosspointError('store.unavailable', `${file} cannot be used as a database: ${messageOf(error)}.`, {
    cause: error,
  });
}

export function sqliteCode(error: unknown): string | undefined {
  return error instanceof SqliteDatabase.SqliteError ? error.code : undefined;
}

/** Whether the same write can go through once somebody has made room or mended the disk. */
export function isDiskTrouble(error: unknown): boolean {
  const code = sqliteCode(error) ?? '';
  return /^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|CANTOPEN)/.test(code);
}
