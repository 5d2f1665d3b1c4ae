import type { Load } from '../../pipelines/protocol/figures.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { CrosspointError, messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { type Capacity, capacityOf } from './capacity.ts';
import { LegCost } from './leg-cost.ts';
import type { MachineRoom } from './machine-room.ts';
import { type RefusalSlug, ROOM_REASONS, type RoomLimits, type RoomReason } from './reasons.ts';
import { RoomWatch } from './room-watch.ts';

export interface AdmissionOptions {
  readonly limits: RoomLimits;
  /** The media workers; `WorkerPool` is them. */
  readonly media: {
    /** One each; null for one that is down. */
    load(): Promise<readonly (Load | null)[]>;
    readonly openLegs: number;
    readonly freePorts: number;
  };
  readonly machine: MachineRoom;
  /** Live ones. */
  readonly calls: () => number;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_MS = 1_000;

const NO_PORTS = {
  slug: 'no-ports',
  code: 'media.no-port',
  sentence: 'Every media port of the box is in use',
  retryAfterS: 10,
} as const;

/**
 * Whether the box has room for another call: what it has already must stay good. Asked before anything of a call exists;
 * a call that was let in is never touched.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #watches: readonly RoomWatch[];
  readonly #cost = new LegCost();
  readonly #refused = new Map<RefusalSlug, number>();
  #loads: readonly Load[] = [];
  #timer: Timer | null = null;
  #closed = false;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#watches = ROOM_REASONS.map(reason => new RoomWatch(reason, options.limits));
  }

  async start(): Promise<void> {
    await this.#look();
    this.#plan();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.stop();
  }

  /**
   * Lets a call of so many legs in, or says why not.
   * @param isEmergency asked where there is no room: calls for help are let in all the same
   * @throws CrosspointError media.worker-late, media.worker-busy, media.no-port, call.memory-low, store.disk-full; all
   *   retriable, with the seconds to wait
   */
  admit(legs: number, isEmergency: () => boolean = () => false): void {
    const reason = this.#holding ?? (this.#options.media.freePorts < legs ? NO_PORTS : null);
    if (reason === null || isEmergency()) return;
    const { slug, code, sentence, retryAfterS } = reason;
    this.#refused.set(slug, (this.#refused.get(slug) ?? 0) + 1);
    throw new CrosspointError(code, sentence, { retriable: true, retryAfterS });
  }

  /** How many calls were refused since the start. */
  get refused(): ReadonlyMap<RefusalSlug, number> {
    return this.#refused;
  }

  /** Why calls are refused now; null while they are taken. */
  get refusing(): RefusalSlug | null {
    if (this.#holding) return this.#holding.slug;
    return this.#options.media.freePorts < 1 ? 'no-ports' : null;
  }

  capacity(): Capacity {
    const { media, calls, limits } = this.#options;
    return capacityOf({
      calls: calls(),
      legs: media.openLegs,
      workers: this.#loads.length,
      perLeg: this.#cost.perLeg,
      workerBusy: limits.workerBusy,
      freePorts: media.freePorts,
      refusing: this.refusing,
    });
  }

  get #holding(): RoomReason | null {
    return this.#watches.find(({ holds }) => holds)?.reason ?? this.#tooManyNow;
  }

  /** Those that came since the last look count with what a leg costs: a second is long for who dials by program. */
  get #tooManyNow(): RoomReason | null {
    const { media, limits } = this.#options;
    const busy = least(this.#loads.map(({ busyRatio }) => busyRatio));
    if (busy === null) return null;
    const seen = this.#loads.reduce((sum, { legs }) => sum + legs, 0);
    const since = Math.max(0, media.openLegs - seen) / this.#loads.length;
    if (busy + since * (this.#cost.perLeg ?? 0) <= limits.workerBusy) return null;
    return since > 0 ? (ROOM_REASONS.find(({ slug }) => slug === 'worker-busy') ?? null) : null;
  }

  #plan(): void {
    if (this.#closed) return;
    this.#timer = this.#options.clock.after(LOOK_MS, () => void this.#look().then(() => this.#plan()));
  }

  async #look(): Promise<void> {
    const { media, machine, log } = this.#options;
    try {
      const [loads, diskFreeBytes] = await Promise.all([media.load(), machine.diskFreeBytes()]);
      this.#loads = loads.filter(load => load !== null);
      this.#cost.look(this.#loads);
      const late = least(this.#loads.map(({ tickLateUsP99 }) => tickLateUsP99));
      const figures = {
        busyRatio: least(this.#loads.map(({ busyRatio }) => busyRatio)),
        tickLateMs: late === null ? null : late / 1000,
        memoryFreeBytes: machine.memoryFreeBytes(),
        diskFreeBytes,
      };
      for (const watch of this.#watches) if (watch.look(figures)) this.#tell(watch);
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'it cannot be told whether there is room for calls');
    }
  }

  #tell({ reason: { slug }, holds, found }: RoomWatch): void {
    const { log } = this.#options;
    if (holds) log.warn({ reason: slug, ...found }, 'new calls are refused: there is no room for them');
    else log.info({ reason: slug, ...found }, 'there is room for calls again');
  }
}

function least(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.min(...values);
}
