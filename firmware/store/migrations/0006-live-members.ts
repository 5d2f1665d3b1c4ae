import type { Migration } from '../migrate.ts';

export const liveMembers: Migration = {
  version: 6,
  name: 'connections and streams that there are',
  sql: `
    CREATE TABLE live_members (
      id    TEXT    PRIMARY KEY,
      since INTEGER NOT NULL,
      event TEXT    NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
