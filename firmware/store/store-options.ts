import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { TargetLimits } from './rows.ts';

export interface StoreLimits {
  /** How long the first write of a transaction waits for company; an API answer that tells of it waits as long. */
  readonly groupMs: number;
  /** What a power cut can take at most; a killed process takes nothing. */
  readonly syncMs: number;
  /** The database never grows beyond this. */
  readonly maxBytes: number;
  /** Undelivered events a target; beyond it the oldest are dropped. */
  readonly maxPendingPerTarget: number;
  /** Targets that have bounds of their own, and are told what was dropped. */
  readonly targets: Readonly<Record<string, TargetLimits>>;
  /** Requests that may wait in memory while the disk does not take them; beyond it new ones are refused. */
  readonly maxWaiting: number;
  /** The same in bytes of event bodies. */
  readonly maxWaitingBytes: number;
  /** Calls that are over; beyond it the oldest are dropped. */
  readonly maxCallRecords: number;
}

export const defaultStoreLimits: StoreLimits = {
  // Measured at 3,000 events a second: 2 ms would cost the process a tenth more CPU.
  groupMs: 5,
  syncMs: 1000,
  maxBytes: 512 * 1024 * 1024,
  maxPendingPerTarget: 100_000,
  targets: {},
  maxWaiting: 50_000,
  maxWaitingBytes: 32 * 1024 * 1024,
  // Some 1.2 KB each.
  maxCallRecords: 100_000,
};

export interface StoreOptions {
  /** Path of the database; its folder exists. */
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<StoreLimits>;
}

/** Of one with its places in the indexes; the usual one has half of it. */
const CALL_RECORD_BYTES = 3 * 1024;

/** Limits of a store that keeps so many records of calls: they get room of their own, so that they never fill that of events. */
export function limitsWithRecords(maxCallRecords: number): Pick<StoreLimits, 'maxCallRecords' | 'maxBytes'> {
  return { maxCallRecords, maxBytes: defaultStoreLimits.maxBytes + maxCallRecords * CALL_RECORD_BYTES };
}
