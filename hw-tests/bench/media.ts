/** `npm run bench:media`: what a G.711 leg costs in our worker and in GStreamer's own elements, side by side. */
import { parseArgs } from 'node:util';
import { budgets } from './budgets.ts';
import { gatewayMedia } from './gateway-media.ts';
import { type Judgement, judge } from './judgement.ts';
import { describeMachine, renderMachine } from './machine.ts';
import { type MediaRun, mediaRun } from './media-run.ts';
import type { MediaServer } from './media-server.ts';
import { numbers, runAsEntry } from './options.ts';
import { type Repeated, repeat } from './repeat.ts';
import { renderSection, renderSummary, type Section, writeJson } from './section.ts';
import { median } from './statistics.ts';
import { stockConference } from './stock-conference.ts';
import { type Cell, renderTable, rounded } from './table.ts';
import { buildTools } from './tools.ts';

export interface MediaOptions {
  readonly legs: readonly number[];
  readonly roomSizes: readonly number[];
  readonly seconds: number;
  readonly repeats: number;
  readonly servers: readonly MediaServer[];
}

export const allServers = [stockConference, gatewayMedia] as const;

/** The size of load that the budgets name. */
const BUDGET_LEGS = 100;

interface Row {
  readonly server: MediaServer;
  readonly legs: number;
  readonly roomSize: number;
  readonly repeated: Repeated<MediaRun>;
}

export async function measureMedia(options: MediaOptions): Promise<Section> {
  const rows: Row[] = [];
  for (const roomSize of options.roomSizes)
    for (const legs of options.legs) {
      // One after the other, each several times: what else the machine does meets both alike.
      for (const server of options.servers) {
        const repeated = await repeat(options.repeats, () =>
          mediaRun(server, { legs, roomSize, seconds: options.seconds }),
        );
        rows.push({ server, legs, roomSize, repeated });
        console.error(progress(rows.at(-1) as Row));
      }
    }
  return {
    title: 'Media: one G.711 leg, every leg talking',
    text: renderTable(
      HEAD,
      rows.map(row => cells(row, rows)),
    ),
    judgements: options.servers.includes(gatewayMedia) ? judgeAll(rows.filter(row => row.server === gatewayMedia)) : [],
    runs: rows,
  };
}

/** Columns that are medians over the runs: heading, places behind the point, figure. */
const columns: readonly (readonly [string, number, (run: MediaRun) => number | null | undefined])[] = [
  ['control CPU', 2, run => run.controlCpuMsPerLeg],
  ['delay p50 ms', 1, run => run.delayMs?.p50],
  ['p95', 1, run => run.delayMs?.p95],
  ['p99', 1, run => run.delayMs?.p99],
  ['KB per leg', 0, run => run.memoryKbPerLeg],
  ['control MB', 0, run => run.controlMemoryMb],
  ['threads', 0, run => run.threads],
];

const HEAD = [
  'sessions of',
  'legs',
  'server',
  'CPU ms per leg and s',
  'stock ÷ this',
  ...columns.map(([heading]) => heading),
  'runs',
];

const figure = (row: Row, of: (run: MediaRun) => number | null | undefined): number | null =>
  median(row.repeated.runs.map(run => of(run) ?? null));
const cpu = (row: Row) => figure(row, run => run.cpuMsPerLeg);

function cells(row: Row, rows: readonly Row[]): Cell[] {
  const { server, legs, roomSize, repeated } = row;
  return [
    roomSize,
    legs,
    server.name,
    rounded(cpu(row), 2),
    server === stockConference ? null : rounded(ratioToStock(row, rows), 1),
    ...columns.map(([, places, of]) => rounded(figure(row, of), places)),
    counted(repeated),
  ];
}

function ratioToStock(row: Row, rows: readonly Row[]): number | null {
  const stock = rows.find(
    ({ server, legs, roomSize }) => server === stockConference && legs === row.legs && roomSize === row.roomSize,
  );
  const [theirs, ours] = [stock ? cpu(stock) : null, cpu(row)];
  return theirs === null || ours === null ? null : theirs / ours;
}

function counted({ runs, thrownAway }: Repeated<MediaRun>): string {
  if (thrownAway.length === 0) return String(runs.length);
  return `${runs.length}, thrown away ${thrownAway.length}: ${thrownAway.at(-1)}`;
}

function progress(row: Row): string {
  const ms = cpu(row);
  const result = ms === null ? 'no figure' : `${ms.toFixed(2)} ms per leg and second`;
  return `${row.server.name}, ${row.legs} legs in sessions of ${row.roomSize}: ${result} (runs: ${counted(row.repeated)})`;
}

function judgeAll(rows: readonly Row[]): Judgement[] {
  return [...new Set(rows.map(row => row.roomSize))].flatMap(roomSize => {
    const ofSize = rows.filter(row => row.roomSize === roomSize);
    const sessions = `sessions of ${roomSize}`;
    return [
      ...ofSize
        .filter(row => row.legs === BUDGET_LEGS)
        .flatMap(row => [
          judge(budgets.cpuPerLeg, cpu(row), sessions),
          judge(
            budgets.delayP50,
            figure(row, run => run.delayMs?.p50),
            sessions,
          ),
          judge(
            budgets.delayP95,
            figure(row, run => run.delayMs?.p95),
            sessions,
          ),
          judge(
            budgets.memoryPerLeg,
            figure(row, run => run.memoryKbPerLeg),
            sessions,
          ),
        ]),
      judge(budgets.firmwareMemoryPerLeg, controlKbPerLeg(ofSize), sessions),
    ];
  });
}

/**
 * A young Node process gives back more than legs take, so that before and after tell nothing: the figure is how much more
 * a process holds that carried the most legs than one, as old, that carried the fewest.
 */
function controlKbPerLeg(rows: readonly Row[]): number | null {
  const [least, most] = [rows[0], rows.at(-1)];
  if (least === undefined || most === undefined || least.legs === most.legs) return null;
  const [low, high] = [least, most].map(row => figure(row, run => run.controlMemoryMb));
  return low == null || high == null ? null : ((high - low) * 1024) / (most.legs - least.legs);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      legs: { type: 'string', default: '20,100,200' },
      rooms: { type: 'string', default: '2,10' },
      seconds: { type: 'string', default: '8' },
      repeat: { type: 'string', default: '3' },
      only: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const servers = allServers.filter(({ name }) => values.only === undefined || name === values.only);
  if (servers.length === 0) throw new Error(`--only takes: ${allServers.map(({ name }) => name).join(', ')}`);
  await buildTools();
  console.log(renderMachine(describeMachine()));
  const section = await measureMedia({
    legs: numbers('legs', values.legs),
    roomSizes: numbers('rooms', values.rooms),
    seconds: numbers('seconds', values.seconds)[0] as number,
    repeats: numbers('repeat', values.repeat)[0] as number,
    servers,
  });
  console.log(renderSection(section) + renderSummary([section]));
  writeJson(values.json, [section]);
}

await runAsEntry(import.meta.url, main);
