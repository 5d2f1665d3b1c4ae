import type { Migration } from '../migrate.ts';

export const recordings: Migration = {
  version: 4,
  name: 'recordings',
  sql: `
    CREATE TABLE recordings (
      id         TEXT    PRIMARY KEY,
      created_at INTEGER NOT NULL,
      record     TEXT    NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
