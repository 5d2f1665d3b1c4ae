import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type Metric,
  type OpenMetricsContentType,
  Registry,
} from 'prom-client';
import type { Clock } from '../../base/clock.ts';

export type Labels = Readonly<Record<string, string>>;

/** A value for each set of labels, or one alone; what is null is left out. */
export type Readings = readonly (readonly [labels: Labels, value: number | null])[] | number | null;

/** A metric as its reader sees it. */
export interface About {
  /** Its unit at the end, a base unit; `_total` of what only rises. */
  readonly name: `crosspoint_${string}`;
  readonly help: string;
  /** Of each the values are few and known beforehand: no id, number or address is one. */
  readonly labels?: readonly string[];
}

/** A metric whose figures are kept elsewhere, and read when somebody asks. */
export interface ReadMetric<Source> extends About {
  readonly type: 'gauge' | 'counter';
  read(source: Source): Readings;
}

export interface HistogramAbout extends About {
  /** Upper edges. */
  readonly buckets: readonly number[];
}

export interface Described extends About {
  readonly type: 'gauge' | 'counter' | 'histogram';
}

export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** A source that takes longer is left out of that scrape. */
const SOURCE_MS = 2_000;
/** Of Node's own measurement of its loop; it costs a wake-up each. */
const LOOP_PRECISION_MS = 20;

type AnyMetric = Gauge | Counter;

/**
 * The metrics of one process, in both text formats. What is read at a scrape costs nothing between two of them.
 */
export class MetricSet {
  readonly #clock: Clock;
  readonly #plain = new Registry();
  readonly #open = new Registry<OpenMetricsContentType>();
  readonly #refreshes: (() => Promise<void>)[] = [];
  readonly #described: Described[] = [];
  #rendering: Promise<void> | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  }

  /** Of the process, of Node, of its garbage collection and its event loop, by the names that everybody uses. */
  withDefaults(): this {
    collectDefaultMetrics({ register: this.#plain, eventLoopMonitoringPrecision: LOOP_PRECISION_MS });
    const metrics = this.#plain.getMetricsAsArray();
    for (const metric of metrics.filter(({ name }) => !this.#open.getSingleMetric(name)))
      this.#mirror(metric as unknown as Metric);
    return this;
  }

  /** Metrics that have one source, asked once for all of them at a scrape; none is shown when it fails. */
  read<Source>(source: () => Source | Promise<Source>, metrics: readonly ReadMetric<Source>[]): void {
    const made = metrics.map(about => ({ about, metric: this.#made(about) }));
    this.#refreshes.push(async () => {
      const found = await this.#inTime(source);
      for (const { about, metric } of made) {
        metric.reset();
        // Without labels it would be 0 now, and not unknown.
        if (!about.labels) metric.remove();
        if (found) show(metric, about.read(found.value));
      }
    });
  }

  counter(about: About): Counter {
    const counter = new Counter({ ...configuration(about), registers: [this.#plain] });
    this.#keep(counter, { ...about, type: 'counter' });
    return counter;
  }

  histogram(about: HistogramAbout): Histogram {
    const histogram = new Histogram({
      ...configuration(about),
      buckets: [...about.buckets],
      registers: [this.#plain],
    });
    this.#keep(histogram, { ...about, type: 'histogram' });
    return histogram;
  }

  /** What there is, without the defaults, by name. */
  get described(): readonly Described[] {
    return [...this.#described].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async render(format: 'text' | 'openmetrics'): Promise<Exposition> {
    // Scrapes that come together are answered from one look.
    this.#rendering ??= this.#refresh().finally(() => {
      this.#rendering = null;
    });
    await this.#rendering;
    const registry = format === 'openmetrics' ? this.#open : this.#plain;
    return { contentType: registry.contentType, text: await registry.metrics() };
  }

  async #refresh(): Promise<void> {
    await Promise.all(this.#refreshes.map(refresh => refresh()));
  }

  #made(about: ReadMetric<never>): AnyMetric {
    if (about.type === 'counter') return this.counter(about);
    const gauge = new Gauge({ ...configuration(about), registers: [this.#plain] });
    this.#keep(gauge, { ...about, type: 'gauge' });
    return gauge;
  }

  #keep(metric: Metric, { name, help, labels, type }: Described): void {
    this.#mirror(metric);
    this.#described.push({ name, help, type, ...(labels && { labels }) });
  }

  /** A registry of OpenMetrics takes `_total` off the names of the counters that it is given: it is given another face of each. */
  #mirror(metric: Metric): void {
    this.#open.registerMetric(Object.create(metric) as Metric);
  }

  /** Null when it failed, or took too long. */
  #inTime<Source>(source: () => Source | Promise<Source>): Promise<{ value: Source } | null> {
    return new Promise(resolve => {
      const limit = this.#clock.after(SOURCE_MS, () => resolve(null));
      const settle = (found: { value: Source } | null) => {
        limit.stop();
        resolve(found);
      };
      (async () => source())().then(
        value => settle({ value }),
        () => settle(null),
      );
    });
  }
}

function configuration({ name, help, labels = [] }: About) {
  return { name, help, labelNames: [...labels] };
}

function show(metric: AnyMetric, readings: Readings): void {
  const rows = typeof readings === 'object' && readings !== null ? readings : [[{}, readings] as const];
  for (const [labels, value] of rows) {
    if (value === null || !Number.isFinite(value)) continue;
    if (metric instanceof Gauge) metric.set(labels, value);
    else metric.inc(labels, value);
  }
}
