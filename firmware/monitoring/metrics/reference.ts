/**
 * The table of metrics in docs/metrics.md, from the metrics themselves.
 *
 *     reference --write F  puts it between the markers of file F
 *     reference --check F  exit code 1 when file F is out of date
 */
import { type GeneratedPart, runIfMain } from '../../base/generated-part.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import { type MetricSources, Metrics } from './metrics.ts';

/** Nobody is asked: only names are wanted. */
const unasked = () => {
  throw new Error('no metric is read');
};
const NOBODY: MetricSources = {
  calls: unasked,
  workers: unasked,
  sip: unasked,
  trunks: unasked,
  outbox: unasked,
  admission: unasked,
  box: unasked,
};

function render(): string {
  const { described } = new Metrics(NOBODY, new ManualClock());
  const rows = described.map(({ name, type, labels = [], help }) =>
    [`\`${name}\``, type, labels.map(label => `\`${label}\``).join(', ') || '–', help].map(escapeCell).join(' | '),
  );
  return ['| metric | type | labels | what it is |', '|---|---|---|---|', ...rows.map(row => `| ${row} |`)].join('\n');
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

export const metricsReference: GeneratedPart = { name: 'metrics', render };

runIfMain(import.meta.url, metricsReference);
