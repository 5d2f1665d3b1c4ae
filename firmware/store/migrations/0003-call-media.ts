import type { Migration } from '../migrate.ts';

export const callMedia: Migration = {
  version: 3,
  name: 'media figures of calls that are over',
  sql: `
    CREATE TABLE call_media (
      call     TEXT    PRIMARY KEY,
      project  TEXT    NOT NULL,
      ended_at INTEGER NOT NULL,
      record   TEXT    NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX call_media_by_age ON call_media (ended_at);
  `,
};
