import type { AlertBook } from './alerts/alert-book.ts';
import { AlertWatch } from './alerts/alert-watch.ts';
import { certificateFacts, certificateFiles } from './alerts/certificate-facts.ts';
import { FactGatherer } from './alerts/fact-gatherer.ts';
import type { Readiness } from './api/ports.ts';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import { boxInfo } from './box-info.ts';
import type { Config } from './config/schema.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { WorkerPool } from './media/worker-pool.ts';
import type { Capacity } from './monitoring/capacity.ts';
import type { Monitoring } from './monitoring/monitoring.ts';
import type { PinBook } from './scripts/pin/pin-book.ts';
import type { Store } from './store/store.ts';
import type { Trunks } from './trunks/trunks.ts';

export interface WatchParts {
  readonly alerts: AlertBook;
  readonly lifecycle: Lifecycle;
  readonly config: Config;
  readonly monitoring: Monitoring;
  readonly store: Store;
  readonly media: WorkerPool;
  readonly trunks: Trunks;
  readonly pins: PinBook;
  readonly readiness: () => Readiness;
  readonly capacity: () => Capacity;
  readonly clock: Clock;
  readonly log: Log;
}

/** From now on somebody looks after the box: its health is told, and its alerts are raised and cleared. */
export async function watchOver(parts: WatchParts): Promise<void> {
  const { alerts, lifecycle, config, monitoring, store, media, trunks, pins, readiness, clock, log } = parts;
  const certificates = certificateFiles(config);
  const facts = new FactGatherer(
    {
      workers: () => media.load(),
      workerDeaths: () => media.deaths,
      trunks: () => trunks.list(),
      disk: () => monitoring.disk,
      pending: () => store.pending,
      dropped: () => monitoring.stats().dropped,
      storeProblem: () => store.problem,
      webhooksDown: () => monitoring.webhooksDown,
      brokerDownSince: () => monitoring.brokerDownSince,
      certificates: () => certificateFacts(certificates),
      wrongPins: () => ({ count: pins.guard.recent, locked: pins.guard.boxIsLocked }),
    },
    clock,
  );
  monitoring.alerts(alerts);
  await lifecycle.run(new AlertWatch({ book: alerts, facts: () => facts.gather(), clock, log }));
  monitoring.health({
    readiness,
    capacity: parts.capacity,
    workers: () => media.load(),
    queue: () => monitoring.stats(),
    alerts: () => alerts.list().length,
  });
  announce(config, monitoring);
}

function announce(config: Config, monitoring: Monitoring): void {
  const { box, mqtt, trunks } = config;
  if (!mqtt.homeAssistant) return;
  const { software, model } = boxInfo(config, 0);
  monitoring.announce({ box, software, model, trunks: trunks.map(({ name }) => name) });
}
