import type { Budget } from './budgets.ts';
import { renderTable, rounded } from './table.ts';

export interface Judgement {
  readonly what: string;
  readonly unit: string;
  /** null: it could not be measured. */
  readonly measured: number | null;
  readonly budget: string;
  readonly peer: string | null;
  readonly verdict: 'met' | 'NOT MET' | 'not measured';
}

/** @param detail what the figure belongs to, when one budget holds for several */
export function judge(budget: Budget, measured: number | null, detail?: string): Judgement {
  const within =
    measured !== null && (budget.sense === 'at most' ? measured <= budget.limit : measured >= budget.limit);
  return {
    what: detail === undefined ? budget.what : `${budget.what}, ${detail}`,
    unit: budget.unit,
    measured,
    budget: `${budget.sense === 'at most' ? '≤' : '≥'} ${budget.limit}`,
    peer: budget.peer ?? null,
    verdict: measured === null ? 'not measured' : within ? 'met' : 'NOT MET',
  };
}

export function renderJudgements(judgements: readonly Judgement[]): string {
  return renderTable(
    ['what', 'measured', 'budget', 'unit', 'verdict', 'peers, as in the design'],
    judgements.map(({ what, measured, budget, unit, verdict, peer }) => [
      what,
      rounded(measured, 2),
      budget,
      unit,
      verdict,
      peer ?? '',
    ]),
  );
}
