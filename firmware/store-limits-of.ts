import type { Config } from './config/schema.ts';
import { MQTT_TARGET } from './monitoring/targets.ts';
import { limitsWithRecords, type StoreLimits } from './store/store-options.ts';

/** How much the store keeps, as the configuration says it. */
export function storeLimitsOf({ records, mqtt: { queue } }: Config): Partial<StoreLimits> {
  const forBroker = { maxPending: queue.maxEvents, maxBytes: queue.maxMegabytes * 1024 * 1024 };
  return { ...limitsWithRecords(records.maxRecords), targets: { [MQTT_TARGET]: forBroker } };
}
