import type { CodecCosts } from './codec-cost.ts';
import { gatewayMedia } from './gateway-media.ts';
import { codecsOf, isSame, type MediaLoad } from './media-load.ts';
import type { MediaRun } from './media-run.ts';
import type { MediaServer } from './media-server.ts';
import type { Repeated } from './repeat.ts';
import { median } from './statistics.ts';
import { type Cell, renderTable, rounded } from './table.ts';

/** What one load showed of one server. */
export interface MediaRow {
  readonly server: MediaServer;
  readonly load: MediaLoad;
  readonly repeated: Repeated<MediaRun>;
}

export const figure = (row: MediaRow, of: (run: MediaRun) => number | null | undefined): number | null =>
  median(row.repeated.runs.map(run => of(run) ?? null));

export const cpu = (row: MediaRow): number | null => figure(row, run => run.cpuMsPerLeg);

/** A row's CPU by ours of the same load: how many of our legs one of theirs pays for. */
export function timesOurs(row: MediaRow, rows: readonly MediaRow[]): number | null {
  const ours = rows.find(({ server, load }) => server === gatewayMedia && isSame(load, row.load));
  return ours === undefined || row.server === gatewayMedia ? null : ratio(cpu(row), cpu(ours));
}

/** A row's CPU by what its codecs need to encode and decode a leg's packets in a tight loop. */
export function timesOwnCost(row: MediaRow, costs: CodecCosts): number | null {
  const [even, odd] = row.load.codecs;
  return ratio(cpu(row), (costs[even] + costs[odd]) / 2);
}

/** What securing a leg adds to its CPU; null where a row is not secured, or nothing stands beside it. */
export function addedBySrtp(row: MediaRow, rows: readonly MediaRow[]): number | null {
  if (!row.load.secured) return null;
  const clear = rows.find(({ server, load }) => server === row.server && isSame(load, { ...row.load, secured: false }));
  const [with_, without] = [cpu(row), clear === undefined ? null : cpu(clear)];
  return with_ === null || without === null ? null : (with_ - without) / row.server.securedShare;
}

const ratio = (a: number | null, b: number | null): number | null =>
  a === null || b === null || b === 0 ? null : a / b;

/** Columns that are medians over the runs: heading, places behind the point, figure. */
const columns: readonly (readonly [string, number, (run: MediaRun) => number | null | undefined])[] = [
  ['control CPU', 2, run => run.controlCpuMsPerLeg],
  ['delay p50 ms', 1, run => run.delayMs?.p50],
  ['p95', 1, run => run.delayMs?.p95],
  ['KB per leg', 0, run => run.memoryKbPerLeg],
  ['control MB', 0, run => run.controlMemoryMb],
  ['threads', 0, run => run.threads],
  ['load %', 0, run => run.generatorShare * 100],
];

const HEAD = [
  'codecs',
  'in sessions of',
  'legs',
  'server',
  'CPU ms per leg and s',
  '× ours',
  '× codec',
  'SRTP adds',
  ...columns.map(([heading]) => heading),
  'runs',
];

export function renderMedia(rows: readonly MediaRow[], costs: CodecCosts): string {
  return renderTable(
    HEAD,
    rows.map((row): Cell[] => [
      codecsOf(row.load) + (row.load.secured ? ' SRTP' : ''),
      row.load.roomSize,
      row.load.legs,
      row.server.name,
      rounded(cpu(row), 2),
      rounded(timesOurs(row, rows), 1),
      rounded(timesOwnCost(row, costs), 2),
      rounded(addedBySrtp(row, rows), 2),
      ...columns.map(([, places, of]) => rounded(figure(row, of), places)),
      counted(row.repeated),
    ]),
  );
}

export function counted({ runs, thrownAway }: Repeated<MediaRun>): string {
  if (thrownAway.length === 0) return String(runs.length);
  return `${runs.length}, thrown away ${thrownAway.length}: ${thrownAway.at(-1)}`;
}
