import SqliteDatabase from 'better-sqlite3';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../base/errors.ts';
import { type Migration, migrate } from './migrate.ts';

const step = (version: number): Migration => ({
  version,
  name: `step ${version}`,
  sql: `CREATE TABLE t${version} (x INTEGER) STRICT;`,
});

const tablesOf = (db: SqliteDatabase.Database) =>
  db.prepare("SELECT name FROM sqlite_master WHERE name LIKE 't_%' ORDER BY name").pluck().all();

test('each step is applied once, one that came after a later one too', () => {
  const db = new SqliteDatabase(':memory:');
  migrate(db, [step(1), step(3)], 1);
  migrate(db, [step(1), step(2), step(3)], 2);
  migrate(db, [step(1), step(2), step(3)], 3);
  assert.equal(tablesOf(db), ['t1', 't2', 't3']);
  assert.equal(db.prepare('SELECT version, applied_at FROM migrations ORDER BY version').raw().all(), [
    [1, 1],
    [2, 2],
    [3, 1],
  ]);
});

test('a database of a later release is left alone', () => {
  const db = new SqliteDatabase(':memory:');
  migrate(db, [step(1), step(2)], 1);
  try {
    migrate(db, [step(1)], 2);
    assert.unreachable();
  } catch (error) {
    assert.ok(isCrosspointError(error), String(error));
    assert.is(error.code, 'store.newer');
  }
});

test.run();
