import type { Budget } from './budgets.ts';
import { type Judgement, judge } from './judgement.ts';
import { undisturbed } from './neighbours.ts';
import { type Attempt, type Repeated, repeat } from './repeat.ts';
import type { SetupRun } from './setup-run.ts';
import { median } from './statistics.ts';
import { type Cell, renderTable, rounded } from './table.ts';

export type RateRun = Pick<SetupRun, 'failed' | 'firstResponseMs' | 'answerMs' | 'cpuMsPerCall'>;

/** One way of calling, at several rates. */
export interface RatePlan {
  readonly name: string;
  /** Calls a second, one after the other. */
  readonly rates: readonly number[];
  readonly seconds: number;
  readonly repeats: number;
  /** The server's processes. */
  readonly pids: readonly number[];
  run(rate: number, seconds: number): Promise<Attempt<RateRun>>;
}

export interface RateRow {
  readonly name: string;
  readonly rate: number;
  readonly repeated: Repeated<RateRun>;
}

const WARM_UP_S = 4;

export async function measureRates(plan: RatePlan): Promise<RateRow[]> {
  // Node compiles what runs often: the first calls would tell of that.
  await plan.run(Math.max(...plan.rates) / 2, Math.min(WARM_UP_S, plan.seconds));
  const rows: RateRow[] = [];
  for (const rate of plan.rates) {
    const row = {
      name: plan.name,
      rate,
      repeated: await repeat(plan.repeats, () => undisturbed(plan.pids, () => plan.run(rate, plan.seconds))),
    };
    rows.push(row);
    const [failed, cpu] = [figure(row, run => run.failed), figure(row, run => run.cpuMsPerCall)];
    const result = cpu === null ? 'no figure' : `${failed} failed, ${cpu.toFixed(2)} ms CPU a call`;
    console.error(`${row.name}, ${rate} calls/s: ${result}`);
  }
  return rows;
}

const figure = (row: RateRow, of: (run: RateRun) => number | null) => median(row.repeated.runs.map(of));

const HEAD = ['what', 'calls/s', 'failed', 'first response p50 ms', 'p99', 'answer p50 ms', 'p99', 'max'];

export function renderRates(rows: readonly RateRow[]): string {
  return renderTable([...HEAD, 'CPU ms a call', 'runs'], rows.map(cells));
}

function cells(row: RateRow): Cell[] {
  const { runs, thrownAway } = row.repeated;
  const times = [
    (run: RateRun) => run.firstResponseMs.p50,
    (run: RateRun) => run.firstResponseMs.p99,
    (run: RateRun) => run.answerMs.p50,
    (run: RateRun) => run.answerMs.p99,
    (run: RateRun) => run.answerMs.max,
  ].map(of => rounded(figure(row, of), 2));
  const counted = `${runs.length}`;
  return [
    row.name,
    row.rate,
    figure(row, run => run.failed),
    ...times,
    rounded(
      figure(row, run => run.cpuMsPerCall),
      3,
    ),
    thrownAway.length === 0 ? counted : `${counted}, thrown away ${thrownAway.length}: ${thrownAway.at(-1)}`,
  ];
}

/** The highest rate at which every counted run answered every call; none when the budget's rate is not among the rows. */
export function judgeRate(rows: readonly RateRow[], budget: Budget, detail?: string): Judgement[] {
  if (!rows.some(({ rate }) => rate >= budget.limit)) return [];
  const measured = rows.filter(({ repeated }) => repeated.runs.length > 0);
  const good = measured.filter(({ repeated }) => repeated.runs.every(run => run.failed === 0)).map(({ rate }) => rate);
  return [judge(budget, measured.length === 0 ? null : Math.max(0, ...good), detail)];
}

/** A figure at one rate; none when that rate is not among the rows. */
export function judgeAt(
  rows: readonly RateRow[],
  rate: number,
  budget: Budget,
  of: (run: RateRun) => number | null,
  detail?: string,
): Judgement[] {
  return rows.filter(row => row.rate === rate).map(row => judge(budget, figure(row, of), detail));
}
