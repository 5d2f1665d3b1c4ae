import type { Migration } from '../migrate.ts';

export const mutedSessions: Migration = {
  version: 5,
  name: 'sessions that are muted',
  sql: 'ALTER TABLE sessions ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;',
};
