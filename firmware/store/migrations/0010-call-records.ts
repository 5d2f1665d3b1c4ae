import type { Migration } from '../migrate.ts';

export const callRecords: Migration = {
  version: 10,
  name: 'calls that are over, and what is known of live ones',
  // Found by what they were asked for in the order of their beginning; a row of that order has its place by created_at and row.
  sql: `
    ALTER TABLE live_calls ADD COLUMN facts TEXT;

    CREATE TABLE call_records (
      row        INTEGER PRIMARY KEY,
      id         TEXT    NOT NULL UNIQUE,
      project    TEXT    NOT NULL,
      created_at INTEGER NOT NULL,
      record     TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX call_records_by_age ON call_records (created_at);
    CREATE INDEX call_records_by_project ON call_records (project, created_at);
  `,
};
