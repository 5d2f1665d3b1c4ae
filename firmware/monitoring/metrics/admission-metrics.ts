import type { Capacity } from '../../admission/capacity.ts';
import type { ReadMetric } from './metric-set.ts';

export interface AdmissionFigures {
  readonly capacity: Capacity;
  /** Since the start, by reason. */
  readonly refused: ReadonlyMap<string, number>;
}

const REASONS = ['worker-late', 'worker-busy', 'no-ports', 'memory-low', 'disk-full'] as const;

export const admissionMetrics: readonly ReadMetric<AdmissionFigures>[] = [
  {
    name: 'crosspoint_admission_refusing',
    type: 'gauge',
    help: '1 for the reason for which new calls are refused now',
    labels: ['reason'],
    read: ({ capacity }) => REASONS.map(reason => [{ reason }, Number(capacity.refusing === reason)]),
  },
  {
    name: 'crosspoint_admission_refused_total',
    type: 'counter',
    help: 'calls that were refused because the box had no room for them',
    labels: ['reason'],
    read: ({ refused }) => REASONS.map(reason => [{ reason }, refused.get(reason) ?? 0]),
  },
  {
    name: 'crosspoint_capacity_calls',
    type: 'gauge',
    help: 'how many calls of one far end each the box could have, if they cost what the present ones cost; absent until ten legs at a time have told',
    read: ({ capacity }) => capacity.limit,
  },
];
