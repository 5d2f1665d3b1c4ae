import { writeFileSync } from 'node:fs';
import { type Judgement, renderJudgements } from './judgement.ts';
import { describeMachine } from './machine.ts';

/** What one part of the bench found. */
export interface Section {
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  readonly judgements: readonly Judgement[];
  /** Every run behind the figures, for --json. */
  readonly runs: readonly unknown[];
}

export function renderSection({ title, text }: Section): string {
  return `\n## ${title}\n\n${text}\n`;
}

export function renderSummary(sections: readonly Section[]): string {
  const judgements = sections.flatMap(section => section.judgements);
  return judgements.length === 0 ? '' : `\n## Budgets\n\n${renderJudgements(judgements)}\n`;
}

/** @param file undefined: nothing is written */
export function writeJson(file: string | undefined, sections: readonly Section[]): void {
  if (file === undefined) return;
  writeFileSync(file, `${JSON.stringify({ machine: describeMachine(), sections }, null, 2)}\n`);
}
