import type { Migration } from '../migrate.ts';

export const pinsNumberForwards: Migration = {
  version: 11,
  name: 'PINs of callers, and where numbers were led at run time',
  sql: `
    CREATE TABLE pins (
      id         TEXT    PRIMARY KEY,
      created_at INTEGER NOT NULL,
      record     TEXT    NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE number_forwards (
      id         TEXT    PRIMARY KEY,
      created_at INTEGER NOT NULL,
      record     TEXT    NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
