/** A strict reader of Prometheus's text format 0.0.4, for tests: what the format does not allow is an error. */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([Nn]a[Nn]|[+-]?Inf|-?[0-9.]+(?:e[+-]?[0-9]+)?)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)/y;
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];

/** @throws Error that names the line */
export function parseMetrics(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  let current: Family | null = null;
  let help: readonly [name: string, help: string] | null = null;
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  for (const line of text.split('\n').filter(each => each !== '')) {
    const [, comment, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (comment === 'HELP') {
      if (!NAME.test(name) || families.has(name)) throw new Error(`a bad or repeated name: ${line}`);
      help = [name, rest];
    } else if (comment === 'TYPE') {
      if (help?.[0] !== name || !TYPES.includes(rest)) throw new Error(`a type without its help: ${line}`);
      current = { name, type: rest, help: help[1], samples: [] };
      families.set(name, current);
    } else {
      if (!current) throw new Error(`a sample before its type: ${line}`);
      current.samples.push(sampleIn(line, current));
    }
  }
  for (const family of families.values()) check(family);
  return families;
}

function sampleIn(line: string, { name: family, type }: Family): Sample {
  const [, name = '', labelText = '', number = ''] = SAMPLE.exec(line) ?? [];
  const suffix = type === 'histogram' ? /^_(bucket|sum|count)$/ : /^$/;
  if (!name.startsWith(family) || !suffix.test(name.slice(family.length))) throw new Error(`not of ${family}: ${line}`);
  const value = number.endsWith('Inf') ? Number(number.replace('Inf', 'Infinity')) : Number(number);
  return { name, labels: labelsIn(labelText), value };
}

function labelsIn(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name, value] = LABEL.exec(text) ?? [];
    if (name === undefined || value === undefined || name in labels) throw new Error(`labels: ${text}`);
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return labels;
}

function check({ name, type, samples }: Family): void {
  const keys = samples.map(({ name: of, labels }) => `${of}${JSON.stringify(Object.entries(labels).sort())}`);
  if (new Set(keys).size < keys.length) throw new Error(`${name} has the same sample twice`);
  if (type === 'counter' && !name.endsWith('_total')) throw new Error(`the counter ${name} does not end in _total`);
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0))) throw new Error(`${name} is below zero`);
  if (type === 'histogram') checkHistogram(name, samples);
}

/** Buckets must rise, and the last one hold all. */
function checkHistogram(name: string, samples: readonly Sample[]): void {
  const last = new Map<string, { le: number; value: number }>();
  for (const { name: of, labels, value } of samples) {
    const { le, ...others } = labels;
    const series = JSON.stringify(others);
    const before = last.get(series);
    if (of.endsWith('_bucket')) {
      const edge = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
      if (before && (edge <= before.le || value < before.value)) throw new Error(`buckets of ${name} do not rise`);
      last.set(series, { le: edge, value });
    } else if (of.endsWith('_count') && (before?.le !== Number.POSITIVE_INFINITY || before.value !== value))
      throw new Error(`the last bucket of ${name} does not hold all`);
  }
}

/** The sum of the samples of that name with those labels; 0 when there is none. */
export function metricValue(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Sample['labels'] = {},
): number {
  const wanted = Object.entries(labels);
  return [...families.values()]
    .flatMap(({ samples }) => samples)
    .filter(sample => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
