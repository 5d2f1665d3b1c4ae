import path from 'node:path';
import Database from 'better-sqlite3';
import type { OwnBox } from './own-box.ts';

export function rowsOf(box: OwnBox, table: 'events' | 'deliveries' | 'live_calls'): number {
  const database = new Database(path.join(box.folder, 'state/crosspoint.db'), { readonly: true });
  try {
    return (database.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n;
  } finally {
    database.close();
  }
}

/** Everything that a box could fail to give back. */
export function heldBy(box: OwnBox) {
  const service = box.figures();
  const worker = box.workerFigures();
  return {
    serviceFiles: service.openFiles,
    workerFiles: worker.openFiles,
    serviceThreads: service.threads,
    workerThreads: worker.threads,
    serviceKb: service.residentKb,
    workerKb: worker.residentKb,
    workerPorts: worker.udpPorts.length,
    events: rowsOf(box, 'events'),
    deliveries: rowsOf(box, 'deliveries'),
    liveCalls: rowsOf(box, 'live_calls'),
  };
}
