import type { TrunkView } from '../../trunks/trunk-view.ts';
import type { ReadMetric } from './metric-set.ts';

type Trunks = readonly TrunkView[];

/** Trunks are named in the configuration: as many values as there are of them. */
const labels = ['trunk'] as const;

export const trunkMetrics: readonly ReadMetric<Trunks>[] = [
  {
    name: 'crosspoint_trunk_up',
    type: 'gauge',
    help: '1 while a target of the trunk is of use, 0 while none is; absent while nobody knows',
    labels,
    read: trunks =>
      trunks.map(({ name, state }) => [{ trunk: name }, state === 'unknown' ? null : Number(state === 'up')]),
  },
  {
    name: 'crosspoint_trunk_targets',
    type: 'gauge',
    help: 'targets of the trunk, by what is known of them',
    labels: ['trunk', 'state'],
    read: trunks =>
      trunks.flatMap(({ name, targets }) =>
        (['up', 'down', 'unknown'] as const).map(
          state => [{ trunk: name, state }, targets.filter(target => target.state === state).length] as const,
        ),
      ),
  },
  {
    name: 'crosspoint_trunk_registered',
    type: 'gauge',
    help: '1 while the peer of the trunk has us registered; absent of trunks that do not register',
    labels,
    read: trunks =>
      trunks.map(({ name, registration }) => [
        { trunk: name },
        registration && Number(registration.expiresAt !== null),
      ]),
  },
  {
    name: 'crosspoint_trunk_calls',
    type: 'gauge',
    help: 'calls over the trunk now',
    labels: ['trunk', 'direction'],
    read: trunks =>
      trunks.flatMap(
        ({ name, calls }) =>
          [
            [{ trunk: name, direction: 'in' }, calls.in],
            [{ trunk: name, direction: 'out' }, calls.out],
          ] as const,
      ),
  },
  {
    name: 'crosspoint_trunk_refused_total',
    type: 'counter',
    help: 'calls over the trunk that were refused, by the code of the error',
    labels: ['trunk', 'code'],
    read: trunks =>
      trunks.flatMap(({ name, refused }) =>
        Object.entries(refused).map(([code, count]) => [{ trunk: name, code }, count] as const),
      ),
  },
];
