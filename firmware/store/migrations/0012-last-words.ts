import type { Migration } from '../migrate.ts';

export const lastWords: Migration = {
  version: 12,
  name: 'what applications are told of calls that a killed process leaves',
  sql: 'ALTER TABLE live_calls ADD COLUMN last_words TEXT;',
};
