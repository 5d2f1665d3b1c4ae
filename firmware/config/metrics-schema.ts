import { Type } from 'typebox';
import { AddressRanges, group } from './schema-parts.ts';

export const MetricsSchema = Type.Object(
  {
    allowFrom: AddressRanges({
      default: [],
      description: 'sources that may read /metrics without the operator token; all others need it',
    }),
  },
  group,
);
