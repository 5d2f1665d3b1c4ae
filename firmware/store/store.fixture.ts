import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../base/clock.ts';
import { isCrosspointError } from '../base/errors.ts';
import type { EventId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import type { NewEvent } from './rows.ts';
import { Store, type StoreLimits } from './store.ts';

export const folder = mkdtempSync(join(tmpdir(), 'store-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** In a folder that goes with the tests. */
export function newFile(): string {
  return join(folder, `${randomUUID()}.db`);
}

export async function opened(file = newFile(), limits: Partial<StoreLimits> = {}): Promise<Store> {
  const store = new Store({ file, clock: systemClock, log: silentLog, limits });
  await store.start();
  return store;
}

export function event(over: Partial<NewEvent> = {}): NewEvent {
  return {
    id: randomUUID() as EventId,
    key: 'call:1',
    recordedAt: Date.now(),
    targets: ['a'],
    body: '{}',
    ...over,
  };
}

export async function refusedWith(code: string, promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    assert.ok(isCrosspointError(error), String(error));
    assert.is(error.code, code);
    return error;
  }
  throw new assert.Assertion({ message: `expected ${code}`, generated: false, operator: 'is' } as never);
}

export function rowsIn(file: string): Record<string, number> {
  const db = new SqliteDatabase(file, { readonly: true });
  const count = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
  const counts = Object.fromEntries(['events', 'deliveries', 'live_calls', 'sessions'].map(t => [t, count(t)]));
  db.close();
  return counts;
}
