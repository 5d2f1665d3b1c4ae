/** What one step of the walk saw. */
export interface Step {
  readonly name: string;
  readonly verdict: 'ok' | 'failed' | 'skipped';
  /** For people, a line each. */
  readonly saw: readonly string[];
  /** What to change. */
  readonly advice: readonly string[];
}

const MARKS: Record<Step['verdict'], string> = { ok: '✓', failed: '✗', skipped: '–' };
const NAME_WIDTH = 9;

export function ok(name: string, ...saw: string[]): Step {
  return { name, verdict: 'ok', saw, advice: [] };
}

export function failed(name: string, saw: readonly string[], advice: readonly string[]): Step {
  return { name, verdict: 'failed', saw, advice };
}

export function skipped(name: string, why: string): Step {
  return { name, verdict: 'skipped', saw: [why], advice: [] };
}

export function formatStep({ name, verdict, saw, advice }: Step): string {
  const [first = '', ...more] = saw;
  const indent = ' '.repeat(NAME_WIDTH + 3);
  return [
    `${MARKS[verdict]} ${name.padEnd(NAME_WIDTH)} ${first}`,
    ...more.map(line => `${indent}${line}`),
    ...advice.map(line => `${indent}→ ${line}`),
  ].join('\n');
}
