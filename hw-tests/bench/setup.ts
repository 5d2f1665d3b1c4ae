/** Calls set up a second: signalling alone, and whole calls with a media leg and stored events. */
import { parseArgs } from 'node:util';
import { answeringAgent } from './answering-agent.ts';
import { type Budget, budgets } from './budgets.ts';
import { startGateway } from './gateway.ts';
import { type Judgement, judge } from './judgement.ts';
import { describeMachine, renderMachine } from './machine.ts';
import { isEntry, numbers } from './options.ts';
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
    const gateway = await startGateway();
    return {
      address: `127.0.0.1:${gateway.sipPort}`,
      pids: [gateway.pid, ...gateway.workerPids()],
      stop: () => gateway.stop(),
    };
  },
};

export const setupServers = [answeringAgent, wholeCalls] as const;

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
      for (const rate of server.rates) {
        const repeated = await repeat(options.repeats, () =>
          setupRun({ server: address, pids, rate, seconds: options.seconds }),
        );
        rows.push({ server, rate, repeated });
        console.error(`${server.name}: ${cells(rows.at(-1) as Row).join(', ')}`);
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

if (isEntry(import.meta.url)) await main();
