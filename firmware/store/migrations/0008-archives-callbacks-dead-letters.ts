import type { Migration } from '../migrate.ts';

export const archivesCallbacksDeadLetters: Migration = {
  version: 8,
  name: 'archives, registered callbacks, events that a webhook did not take',
  sql: `
    CREATE TABLE archives (
      id         TEXT    PRIMARY KEY,
      created_at INTEGER NOT NULL,
      record     TEXT    NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE callbacks (
      id         TEXT    PRIMARY KEY,
      created_at INTEGER NOT NULL,
      record     TEXT    NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE dead_letters (
      id          INTEGER PRIMARY KEY AUTOINCREMENT,
      target      TEXT    NOT NULL,
      event       TEXT    NOT NULL,
      key         TEXT    NOT NULL,
      recorded_at INTEGER NOT NULL,
      buried_at   INTEGER NOT NULL,
      reason      TEXT    NOT NULL,
      body        TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX dead_letters_by_target ON dead_letters (target, id);
    CREATE INDEX dead_letters_by_age ON dead_letters (buried_at);
  `,
};
