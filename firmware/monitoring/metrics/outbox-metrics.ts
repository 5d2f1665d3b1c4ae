import type { Backlog } from '../../store/rows.ts';
import type { Readings, ReadMetric } from './metric-set.ts';

export interface OutboxFigures {
  readonly backlogs: readonly Backlog[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Since the start. */
  readonly deliveries: {
    readonly webhooks: { readonly delivered: number; readonly failed: number; readonly givenUp: number };
    readonly mqtt: { readonly delivered: number };
  };
  readonly dropped: number;
  readonly mqttConnected: boolean;
  /** Requests to the store that wait for its thread. */
  readonly storeWaiting: number;
  readonly storeErrors: number;
  readonly storeHealthy: boolean;
}

/** Of webhooks there is one for each project and kind: they count together. */
function kindOf(target: string): string {
  return target.split(':', 1)[0] ?? target;
}

const KINDS = ['mqtt', 'webhook'] as const;

function byKind({ backlogs }: OutboxFigures, value: (of: readonly Backlog[]) => number | null): Readings {
  const kinds = new Set([...KINDS, ...backlogs.map(({ target }) => kindOf(target))]);
  return [...kinds].map(target => [{ target }, value(backlogs.filter(backlog => kindOf(backlog.target) === target))]);
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function oldestAge(backlogs: readonly Backlog[], now: number): number {
  const since = Math.min(now, ...backlogs.flatMap(({ oldest }) => oldest ?? []));
  return (now - since) / 1000;
}

export const outboxMetrics: readonly ReadMetric<OutboxFigures>[] = [
  {
    name: 'crosspoint_outbox_events',
    type: 'gauge',
    help: 'deliveries that are still to be made, by the kind of target',
    labels: ['target'],
    read: figures => byKind(figures, of => sum(of.map(({ pending }) => pending))),
  },
  {
    name: 'crosspoint_outbox_oldest_age_seconds',
    type: 'gauge',
    help: 'how long the oldest of them has waited; 0 when none does',
    labels: ['target'],
    read: figures => byKind(figures, of => oldestAge(of, figures.now)),
  },
  {
    name: 'crosspoint_dead_letters',
    type: 'gauge',
    help: 'deliveries that were given up, and can be made again',
    read: ({ backlogs }) => sum(backlogs.map(({ deadLetters }) => deadLetters)),
  },
  {
    name: 'crosspoint_deliveries_total',
    type: 'counter',
    help: 'deliveries that came to an end. given-up: they are dead letters now',
    labels: ['target', 'result'],
    read: ({ deliveries: { webhooks, mqtt } }) => [
      [{ target: 'mqtt', result: 'delivered' }, mqtt.delivered],
      [{ target: 'webhook', result: 'delivered' }, webhooks.delivered],
      [{ target: 'webhook', result: 'given-up' }, webhooks.givenUp],
    ],
  },
  {
    name: 'crosspoint_webhook_attempts_total',
    type: 'counter',
    help: 'requests to webhooks, by whether they were answered 2xx',
    labels: ['result'],
    read: ({ deliveries: { webhooks } }) => [
      [{ result: 'succeeded' }, webhooks.delivered],
      [{ result: 'failed' }, webhooks.failed],
    ],
  },
  {
    name: 'crosspoint_events_dropped_total',
    type: 'counter',
    help: 'deliveries that were given up for their number or age, and events that no room was left for',
    read: ({ dropped }) => dropped,
  },
  {
    name: 'crosspoint_mqtt_connected',
    type: 'gauge',
    help: '1 while the broker is there',
    read: ({ mqttConnected }) => Number(mqttConnected),
  },
  {
    name: 'crosspoint_store_waiting_requests',
    type: 'gauge',
    help: 'requests to the store, most of them writes, that have not been answered yet',
    read: ({ storeWaiting }) => storeWaiting,
  },
  {
    name: 'crosspoint_store_errors_total',
    type: 'counter',
    help: 'transactions that failed',
    read: ({ storeErrors }) => storeErrors,
  },
  {
    name: 'crosspoint_store_healthy',
    type: 'gauge',
    help: '1 while the store takes writes',
    read: ({ storeHealthy }) => Number(storeHealthy),
  },
];
