import type { Load } from '../../pipelines/protocol/figures.ts';
import type { Part } from '../api/ports.ts';
import type { Clock, Timer } from '../base/clock.ts';
import type { Capacity } from './capacity.ts';
import type { MessageHeaders } from './message-headers.ts';
import type { Retained } from './retained.ts';
import { healthTopic } from './topic-names.ts';
import type { Health, HealthMessage } from './topics-box.ts';

/** Who knows how the box is; each must answer at once. */
export interface HealthSources {
  readiness(): { readonly ready: Readonly<Record<Part, boolean>>; readonly draining: boolean };
  capacity(): Capacity;
  workers(): Promise<readonly (Load | null)[]>;
  queue(): { readonly pending: number; readonly dropped: number };
  /** How many are raised. */
  alerts(): number;
}

export interface HealthTellerOptions {
  readonly sources: HealthSources;
  readonly headers: MessageHeaders;
  readonly retained: Retained;
  readonly clock: Clock;
}

const LOOK_MS = 1_000;
const AT_LEAST_MS = 60_000;

/** Tells how the box is: when that changes, and once a minute for the figures that always do. */
export class HealthTeller {
  readonly #options: HealthTellerOptions;
  #timer: Timer | null = null;
  #toldAt = Number.NEGATIVE_INFINITY;
  #told = '';
  #closed = false;

  constructor(options: HealthTellerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#tick();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.stop();
  }

  #tick(): void {
    this.#timer = this.#options.clock.after(LOOK_MS, () => this.#tick());
    void this.#look();
  }

  async #look(): Promise<void> {
    const { headers, retained, clock } = this.#options;
    const health = await this.#health();
    const changing = JSON.stringify([
      health.ready,
      health.draining,
      health.capacity.limit,
      health.queue.dropped > 0,
      health.alerts,
    ]);
    if (this.#closed || (changing === this.#told && clock.monotonic() - this.#toldAt < AT_LEAST_MS)) return;
    this.#told = changing;
    this.#toldAt = clock.monotonic();
    const message: HealthMessage = { ...headers.next('health'), ...health };
    retained.set(healthTopic(headers.box), JSON.stringify(message));
  }

  async #health(): Promise<Health> {
    const { sources } = this.#options;
    const workers = (await sources.workers()).filter(load => load !== null);
    const { ready, draining } = sources.readiness();
    const { calls, legs, limit } = sources.capacity();
    const { pending, dropped } = sources.queue();
    const most = (figure: (load: Load) => number) => (workers.length === 0 ? null : Math.max(...workers.map(figure)));
    return {
      ready: { ...ready },
      draining,
      load: { workerBusyRatio: most(load => load.busyRatio), tickLateUsP99: most(load => load.tickLateUsP99) },
      capacity: { calls, legs, limit },
      queue: { pending, dropped },
      alerts: sources.alerts(),
    };
  }
}
