import type { Migration } from '../migrate.ts';

export const queueBounds: Migration = {
  version: 9,
  name: 'bytes of deliveries, gaps in what is delivered',
  sql: `
    ALTER TABLE deliveries ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
    UPDATE deliveries SET bytes = (SELECT length(body) FROM events WHERE row = event);

    CREATE TABLE gaps (
      target  TEXT    NOT NULL,
      project TEXT    NOT NULL,
      first   TEXT    NOT NULL,
      last    TEXT    NOT NULL,
      count   INTEGER NOT NULL,
      PRIMARY KEY (target, project)
    ) STRICT, WITHOUT ROWID;
  `,
};
