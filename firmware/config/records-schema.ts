import { Type } from 'typebox';
import { Count, group } from './schema-parts.ts';

export const RecordsSchema = Type.Object(
  {
    keepDays: Count(30, 3650, 'records of calls are deleted when they are so old'),
    maxRecords: Count(
      100_000,
      1_000_000,
      'records of calls that are kept, some 2 KB each; beyond it the oldest are deleted',
    ),
  },
  group,
);
