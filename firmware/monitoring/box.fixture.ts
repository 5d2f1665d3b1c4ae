import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { systemClock } from '../base/clock.ts';
import type { ProjectId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { Store } from '../store/store.ts';
import { Monitoring, type MonitoringOptions } from './monitoring.ts';
import { RemoteBroker } from './remote-broker.ts';
import type { ProjectWebhooks } from './targets.ts';

/** A port where nobody listens (tcpmux needs root to be bound, and is not). */
export const NO_BROKER = new RemoteBroker('mqtt://127.0.0.1:1');

export interface TestBox {
  readonly store: Store;
  readonly monitoring: Monitoring;
  close(): Promise<void>;
}

/** Store and monitoring as the service composes them, on a database of the caller's. */
export async function startBox(
  file: string,
  projects: Readonly<Record<string, ProjectWebhooks>>,
  options: Partial<MonitoringOptions> = {},
): Promise<TestBox> {
  const store = new Store({ file, clock: systemClock, log: silentLog });
  await store.start();
  const monitoring = new Monitoring({
    store,
    projects: new Map(Object.entries(projects).map(([id, webhooks]) => [id as ProjectId, webhooks])),
    allowPrivateTargets: true,
    broker: NO_BROKER,
    stateDir: tmpdir(),
    box: 'b1',
    bootId: randomUUID(),
    figures: { calls: () => 0, legs: () => 0, traceBytes: () => 0, workers: async () => [] },
    clock: systemClock,
    log: silentLog,
    ...options,
  });
  await monitoring.start();
  const close = async () => {
    await monitoring.close();
    await store.close();
  };
  return { store, monitoring, close };
}
