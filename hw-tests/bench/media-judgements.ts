import { type Budget, budgets } from './budgets.ts';
import type { CodecCosts } from './codec-cost.ts';
import { type Judgement, judge } from './judgement.ts';
import { nameOf, speaksOnly } from './media-load.ts';
import { BUDGET_LEGS, budgetedCodec } from './media-plan.ts';
import { addedBySrtp, cpu, figure, type MediaRow, timesOwnCost } from './media-table.ts';

/** Our rows against the budgets of the design. */
export function judgeMedia(ours: readonly MediaRow[], costs: CodecCosts): Judgement[] {
  const clear = ours.filter(({ load }) => !load.secured);
  return [
    ...clear.flatMap(row => judgeLeg(row, costs)),
    ...ours.filter(({ load }) => load.secured).map(row => judged(row, budgets.srtpPerLeg, addedBySrtp(row, ours))),
    ...judgeGrowth(clear.filter(({ load }) => load.roomSize === 2 && speaksOnly(load, 'PCMU'))),
  ];
}

const judged = (row: MediaRow, budget: Budget, measured: number | null) => judge(budget, measured, nameOf(row.load));

function judgeLeg(row: MediaRow, costs: CodecCosts): Judgement[] {
  const codec = budgetedCodec(row.load);
  if (codec === null || row.load.legs !== BUDGET_LEGS[codec]) return [];
  const memory = figure(row, run => run.memoryKbPerLeg);
  switch (codec) {
    case 'G711':
      return [
        judged(row, budgets.g711PerLeg, cpu(row)),
        judged(
          row,
          budgets.delayP50,
          figure(row, run => run.delayMs?.p50),
        ),
        judged(
          row,
          budgets.delayP95,
          figure(row, run => run.delayMs?.p95),
        ),
        judged(row, budgets.g711Memory, memory),
      ];
    case 'G722':
      return [judged(row, budgets.g722PerLeg, cpu(row))];
    case 'opus':
      return [judged(row, budgets.opusTimesOwnCost, timesOwnCost(row, costs)), judged(row, budgets.opusMemory, memory)];
    default:
      return codec satisfies never;
  }
}

function judgeGrowth(rows: readonly MediaRow[]): Judgement[] {
  const sorted = [...rows].sort((a, b) => a.load.legs - b.load.legs);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined || least.load.legs === most.load.legs) return [];
  const [few, many] = [cpu(least), cpu(most)];
  return [
    judge(
      budgets.growth,
      few === null || many === null ? null : many / few,
      `${most.load.legs} legs by ${least.load.legs}`,
    ),
    judge(budgets.firmwareMemoryPerLeg, controlKbPerLeg(least, most)),
  ];
}

/**
 * A young Node process gives back more than legs take, so that before and after tell nothing: the figure is how much more
 * a process holds that carried the most legs than one, as old, that carried the fewest.
 */
function controlKbPerLeg(least: MediaRow, most: MediaRow): number | null {
  const [low, high] = [least, most].map(row => figure(row, run => run.controlMemoryMb));
  return low == null || high == null ? null : ((high - low) * 1024) / (most.load.legs - least.load.legs);
}
