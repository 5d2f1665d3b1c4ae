import { availableParallelism } from 'node:os';
import type { Load } from '../../pipelines/protocol/figures.ts';
import type { Clock, Timer } from '../base/clock.ts';
import type { Probes } from './probes.ts';
import type { Sample } from './topics.ts';

/** What the service knows of itself. */
export interface Figures {
  calls(): number;
  legs(): number;
  /** Deliveries that wait, and that were given up since the start. */
  queue(): { readonly pending: number; readonly dropped: number };
  /** Of the SIP messages that are kept to be looked at. */
  traceBytes(): number;
  /** One each; null for a worker that is down. */
  workers(): Promise<readonly (Load | null)[]>;
}

export interface TelemetryOptions {
  readonly probes: Probes;
  readonly figures: Figures;
  readonly clock: Clock;
  readonly take: (sample: Sample, time: number) => void;
}

const PERIOD_MS = 10_000;
/** A probe that takes longer counts as failed in this sample. */
const PROBE_MS = 4000;

/** Samples the machine and the service, at once and then every 10 s. A probe that fails or hangs gives null. */
export class Telemetry {
  readonly #options: TelemetryOptions;
  readonly #running = new Set<string>();
  readonly #limits = new Set<Timer>();
  #timer: Timer | null = null;
  #closed = false;
  #startedAt = 0;

  constructor(options: TelemetryOptions) {
    this.#options = options;
  }

  start(): void {
    this.#startedAt = this.#options.clock.monotonic();
    this.#tick();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.stop();
    for (const limit of this.#limits) limit.stop();
    this.#limits.clear();
  }

  #tick(): void {
    const { clock, take } = this.#options;
    this.#timer = clock.after(PERIOD_MS, () => this.#tick());
    const time = clock.now();
    void this.#sample().then(sample => {
      if (!this.#closed) take(sample, time);
    });
  }

  async #sample(): Promise<Sample> {
    const { probes, figures, clock } = this.#options;
    const [busyRatio, load, memory, temperatureCelsius, disk, network, calls, legs, queue, traceBytes, workers] =
      await Promise.all([
        this.#ask('cpu', () => probes.cpuBusyRatio()),
        this.#ask('load', () => probes.load()),
        this.#ask('memory', () => probes.memory()),
        this.#ask('temperature', () => probes.temperatureCelsius()),
        this.#ask('disk', () => probes.disk()),
        this.#ask('network', () => probes.network()),
        this.#ask('calls', async () => figures.calls()),
        this.#ask('legs', async () => figures.legs()),
        this.#ask('queue', async () => figures.queue()),
        this.#ask('traces', async () => figures.traceBytes()),
        this.#ask('workers', () => figures.workers()),
      ]);
    return {
      cpu: { busyRatio, cores: availableParallelism() },
      load,
      memory: memory ?? { totalBytes: null, availableBytes: null, ownBytes: null },
      temperatureCelsius,
      disk: disk ?? { totalBytes: null, freeBytes: null },
      network: network ?? [],
      calls,
      legs,
      queue: { pending: queue?.pending ?? null, dropped: queue?.dropped ?? null },
      traceBytes,
      workers: (workers ?? []).map(worker => worker && workerFigures(worker)),
      uptimeSeconds: Math.floor((clock.monotonic() - this.#startedAt) / 1000),
    };
  }

  /** The answer, or null; one that hangs is not asked again before it has come back. */
  async #ask<T>(name: string, probe: () => Promise<T>): Promise<T | null> {
    if (this.#running.has(name)) return null;
    this.#running.add(name);
    const answer = probe()
      .catch(() => null)
      .finally(() => this.#running.delete(name));
    return new Promise(resolve => {
      const limit = this.#options.clock.after(PROBE_MS, () => {
        this.#limits.delete(limit);
        resolve(null);
      });
      this.#limits.add(limit);
      void answer.then(value => {
        limit.stop();
        this.#limits.delete(limit);
        resolve(value);
      });
    });
  }
}

function workerFigures(load: Load): Load {
  const { legs, sessions, busyRatio, tickLateUsP99, tickLateUsMax, skippedTicks } = load;
  const { iceStrangers, iceStreams, iceStreamsRefused } = load;
  return {
    legs,
    sessions,
    busyRatio,
    tickLateUsP99,
    tickLateUsMax,
    skippedTicks,
    iceStrangers,
    iceStreams,
    iceStreamsRefused,
  };
}
