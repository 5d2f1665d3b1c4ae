/** Calls set up a second: signalling alone, and whole calls with a media leg and stored events. */
import { parseArgs } from 'node:util';
import { answeringAgent } from './answering-agent.ts';
import { sipAddress, startBox } from './bench-box.ts';
import { type Budget, budgets } from './budgets.ts';
import { type Judgement, judge } from './judgement.ts';
import { describeMachine, renderMachine } from './machine.ts';
import { numbers, runAsEntry } from './options.ts';
import { pinServer, requireTwoCores } from './pinning.ts';
import { type Repeated, repeat } from './repeat.ts';
import { renderSection, renderSummary, type Section, writeJson } from './section.ts';
import { type SetupRun, setupRun } from './setup-run.ts';
import type { SetupServer } from './setup-server.ts';
import { median } from './statistics.ts';
import { type Cell, renderTable, rounded } from './table.ts';

const wholeCalls: SetupServer = {
  name: 'whole calls',
  rates: [100, 200, 300, 400],
  async start() {
    const box = await startBox();
    return { address: sipAddress(box), pids: [box.pid, ...box.workers()], stop: () => box.close() };
  },
};

export const setupServers = [answeringAgent, wholeCalls] as const;

const WARM_UP_S = 4;

interface Row {
  readonly server: SetupServer;
  readonly rate: number;
  readonly repeated: Repeated<SetupRun>;
}

export async function measureSetups(options: {
  readonly servers: readonly SetupServer[];
  readonly seconds: number;
  readonly repeats: number;
}): Promise<Section> {
  requireTwoCores();
  const rows: Row[] = [];
  for (const server of options.servers) {
    const { address, pids, stop } = await server.start();
    try {
      await pinServer(pids);
      // Node compiles what runs often: the first calls would tell of that.
      await setupRun({ server: address, pids, rate: Math.min(...server.rates), seconds: WARM_UP_S });
      for (const rate of server.rates) {
        const repeated = await repeat(options.repeats, () =>
          setupRun({ server: address, pids, rate, seconds: options.seconds }),
        );
        rows.push({ server, rate, repeated });
        console.error(progress(rows.at(-1) as Row));
      }
    } finally {
      await stop();
    }
  }
  return {
    title: 'Set-ups a second, server on one core, load on another',
    text: renderTable(HEAD, rows.map(cells)),
    judgements: [
      ...judgeRate(rows, answeringAgent, budgets.signallingRate),
      ...judgeAt(rows, answeringAgent, budgets.signallingRate.limit, budgets.signallingCpu, run => run.cpuMsPerCall),
      ...judgeRate(rows, wholeCalls, budgets.wholeCallRate),
      ...judgeAt(rows, wholeCalls, budgets.wholeCallRate.limit, budgets.wholeCallAnswer, run => run.answerMs.p99),
      ...judgeAt(rows, wholeCalls, budgets.wholeCallRate.limit, budgets.wholeCallCpu, run => run.cpuMsPerCall),
    ],
    runs: rows,
  };
}

function progress(row: Row): string {
  const [failed, cpu] = [figure(row, run => run.failed), figure(row, run => run.cpuMsPerCall)];
  const refused = Object.entries(Object.assign({}, ...row.repeated.runs.map(run => run.refused)))
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ');
  const result = cpu === null ? 'no figure' : `${failed} failed, ${cpu.toFixed(2)} ms CPU a call`;
  return `${row.server.name}, ${row.rate} calls/s: ${result}${refused && ` (answered ${refused})`}`;
}

const HEAD = ['what', 'calls/s', 'failed', 'sent again', 'INVITE→200 p50 ms', 'p99', 'max', 'CPU ms a call', 'runs'];

const figure = (row: Row, of: (run: SetupRun) => number | null) => median(row.repeated.runs.map(of));

function cells(row: Row): Cell[] {
  const { runs, thrownAway } = row.repeated;
  return [
    row.server.name,
    row.rate,
    figure(row, run => run.failed),
    figure(row, run => run.retransmissions),
    rounded(
      figure(row, run => run.answerMs.p50),
      2,
    ),
    rounded(
      figure(row, run => run.answerMs.p99),
      2,
    ),
    rounded(
      figure(row, run => run.answerMs.max),
      1,
    ),
    rounded(
      figure(row, run => run.cpuMsPerCall),
      3,
    ),
    thrownAway.length === 0
      ? String(runs.length)
      : `${runs.length}, thrown away ${thrownAway.length}: ${thrownAway.at(-1)}`,
  ];
}

/** The highest rate at which every counted run answered every call; null when none of the rates was measured. */
function judgeRate(rows: readonly Row[], server: SetupServer, budget: Budget): Judgement[] {
  const measured = rows.filter(row => row.server === server && row.repeated.runs.length > 0);
  if (!rows.some(row => row.server === server)) return [];
  const good = measured.filter(row => row.repeated.runs.every(run => run.failed === 0)).map(row => row.rate);
  return [judge(budget, measured.length === 0 ? null : Math.max(0, ...good))];
}

function judgeAt(
  rows: readonly Row[],
  server: SetupServer,
  rate: number,
  budget: Budget,
  of: (run: SetupRun) => number | null,
): Judgement[] {
  return rows.filter(row => row.server === server && row.rate === rate).map(row => judge(budget, figure(row, of)));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '8' },
      repeat: { type: 'string', default: '3' },
      only: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const servers = setupServers.filter(({ name }) => values.only === undefined || name === values.only);
  if (servers.length === 0) throw new Error(`--only takes: ${setupServers.map(({ name }) => name).join(', ')}`);
  console.log(renderMachine(describeMachine()));
  const section = await measureSetups({
    servers,
    seconds: numbers('seconds', values.seconds)[0] as number,
    repeats: numbers('repeat', values.repeat)[0] as number,
  });
  console.log(renderSection(section) + renderSummary([section]));
  writeJson(values.json, [section]);
}

await runAsEntry(import.meta.url, main);
