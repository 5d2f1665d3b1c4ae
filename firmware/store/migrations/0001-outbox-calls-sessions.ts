import type { Migration } from '../migrate.ts';

export const outboxCallsSessions: Migration = {
  version: 1,
  name: 'outbox, live calls, sessions',
  // AUTOINCREMENT: readers of the outbox go on from the last row they saw, so no row number may come twice,
  // not even when the table was empty in between.
  sql: `
    CREATE TABLE events (
      row         INTEGER PRIMARY KEY AUTOINCREMENT,
      id          TEXT    NOT NULL,
      key         TEXT    NOT NULL,
      recorded_at INTEGER NOT NULL,
      body        TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX events_by_key ON events (key, row);
    CREATE INDEX events_by_age ON events (recorded_at);

    CREATE TABLE deliveries (
      target TEXT    NOT NULL,
      event  INTEGER NOT NULL REFERENCES events (row),
      PRIMARY KEY (target, event)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX deliveries_by_event ON deliveries (event);

    CREATE TABLE live_calls (
      id         TEXT    PRIMARY KEY,
      project    TEXT    NOT NULL,
      session    TEXT,
      connection TEXT,
      created_at INTEGER NOT NULL,
      state      TEXT    NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE sessions (
      id           TEXT    PRIMARY KEY,
      project      TEXT    NOT NULL,
      media_mode   TEXT    NOT NULL,
      archive_mode TEXT    NOT NULL,
      created_at   INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sessions_by_age ON sessions (created_at);
  `,
};
