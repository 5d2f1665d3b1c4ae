import type { Migration } from '../migrate.ts';

export const answers: Migration = {
  version: 2,
  name: 'answers to requests with an Idempotency-Key',
  sql: `
    CREATE TABLE answers (
      id          TEXT    PRIMARY KEY,
      fingerprint TEXT    NOT NULL,
      answer      TEXT,
      at          INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
