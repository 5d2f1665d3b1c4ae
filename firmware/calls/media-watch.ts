import type { LegQuality } from '../../pipelines/protocol/figures.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { LegId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { MediaFigures } from '../media/media.ts';
import type { LegMedia } from '../quality/call-media.ts';
import { FLOW_LOOK_MS, flowLimits } from '../quality/flow-watch.ts';
import type { Call } from './call.ts';
import type { CallRef } from './events.ts';

const INTERVAL_MS = 5_000;

export interface MediaWatchOptions {
  readonly media: MediaFigures;
  /** The live calls. */
  readonly calls: () => readonly Call[];
  /** Whose legs are measured beside those of calls. */
  readonly clients: { readonly size: number; measured(figures: ReadonlyMap<LegId, LegQuality>): void };
  /** Packets with nothing to hear in them for so long are told of. */
  readonly silenceMs: number;
  /** An answered call's figures of the last interval. */
  readonly publish: (call: CallRef, legs: readonly LegMedia[]) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Asks the workers for the figures of all legs at once, and gives each call, and each client, its own. */
export class MediaWatch {
  readonly #options: MediaWatchOptions;
  #interval: Timer | null = null;
  #look: Timer | null = null;
  #closed = false;

  constructor(options: MediaWatchOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#planInterval();
    this.#planLook();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#interval?.stop();
    this.#look?.stop();
  }

  #planInterval(): void {
    if (this.#closed) return;
    this.#interval = this.#options.clock.after(INTERVAL_MS, () => {
      this.#planInterval();
      void this.#guarded(() => this.#takeInterval());
    });
  }

  /** The next look begins when this one has ended: they never overtake each other. */
  #planLook(): void {
    if (this.#closed) return;
    this.#look = this.#options.clock.after(FLOW_LOOK_MS, () => {
      void this.#guarded(() => this.#takeLook()).then(() => this.#planLook());
    });
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.log.error({ problem: messageOf(error) }, 'media figures could not be taken');
    }
  }

  async #takeInterval(): Promise<void> {
    const { media, calls, clients, publish } = this.#options;
    if (calls().length === 0 && clients.size === 0) return;
    const figures = await media.quality();
    clients.measured(figures);
    for (const call of calls()) {
      if (call.stages.activeAt === null || call.state === 'HANGUP') continue;
      const legs = call.sides.flatMap(({ leg }) => figures.get(leg.id) ?? []);
      if (legs.length < call.sides.length) continue;
      call.quality.measured(legs);
      publish(call.ref, call.quality.lastInterval);
    }
  }

  async #takeLook(): Promise<void> {
    const { media, calls, clock, silenceMs } = this.#options;
    if (calls().length === 0) return;
    const flows = await media.flow();
    const limits = flowLimits(silenceMs);
    for (const call of calls()) {
      if (call.state === 'HANGUP') continue;
      const ofSides = call.sides.map(({ leg }) => flows.get(leg.id));
      const changes = call.quality.look(ofSides, call.state === 'ACTIVE', limits, clock.now());
      for (const { problem, present } of changes) call.mediaChanged(problem, present);
    }
  }
}
