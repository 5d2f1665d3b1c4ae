import type { LegStats } from '../../pipelines/protocol/figures.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { type EndReason, endReasons } from './reasons.ts';

export interface CallLimitValues {
  /** From answer to the first RTP packet. */
  readonly firstRtpMs: number;
  /** Without an RTP packet once there were some. */
  readonly inactivityMs: number;
  /** From answer to the end, whatever happens. */
  readonly durationMs: number;
}

/** Rests at least this long between two looks at a leg's figures. */
const MIN_LOOK_MS = 1_000;

/**
 * The three clocks of an answered call: media that never comes (704), media that stops (706), and the longest duration
 * (705). It looks at the leg's figures when one of them could have run out, not on every packet.
 */
export class CallLimits {
  readonly #clock: Clock;
  readonly #values: CallLimitValues;
  readonly #stats: () => Promise<readonly LegStats[]>;
  readonly #exceeded: (reason: EndReason) => void;
  #look: Timer | undefined;
  #duration: Timer | undefined;
  #stopped = false;
  #paused = false;
  /** Answer, or the last resumption: silence counts from there. */
  #startedAt = 0;
  #durationMs: number;

  constructor(
    clock: Clock,
    values: CallLimitValues,
    stats: () => Promise<readonly LegStats[]>,
    exceeded: (reason: EndReason) => void,
  ) {
    this.#clock = clock;
    this.#values = values;
    this.#durationMs = values.durationMs;
    this.#stats = stats;
    this.#exceeded = exceeded;
  }

  /** Not longer than that, whatever was said before; without effect once the call was answered. */
  limitTo(durationMs: number): void {
    this.#durationMs = Math.min(this.#durationMs, durationMs);
  }

  /** The call was answered. */
  start(): void {
    if (this.#stopped) return;
    this.#startedAt = this.#clock.monotonic();
    this.#duration = this.#clock.after(this.#durationMs, () => this.#end(endReasons.maxDuration));
    this.#lookIn(this.#values.firstRtpMs);
  }

  /** On hold: silence is what was asked for (CONTRACT §1.4). The duration goes on. */
  pause(): void {
    this.#paused = true;
    this.#look?.stop();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#startedAt = this.#clock.monotonic();
    this.#lookIn(Math.min(this.#values.firstRtpMs, this.#values.inactivityMs));
  }

  stop(): void {
    this.#stopped = true;
    this.#look?.stop();
    this.#duration?.stop();
  }

  #lookIn(ms: number): void {
    if (this.#stopped || this.#paused) return;
    this.#look = this.#clock.after(Math.max(ms, MIN_LOOK_MS), () => {
      // A leg that cannot tell is ended by the loss of its worker, not here.
      this.#stats().then(
        stats => this.#judge(latest(stats)),
        () => this.#lookIn(this.#values.inactivityMs),
      );
    });
  }

  /** @param sinceLastMs null when no packet ever came */
  #judge(sinceLastMs: number | null): void {
    if (this.#stopped || this.#paused) return;
    const answeredMs = this.#clock.monotonic() - this.#startedAt;
    if (sinceLastMs === null) {
      if (answeredMs >= this.#values.firstRtpMs) this.#end(endReasons.mediaTimeout);
      else this.#lookIn(this.#values.firstRtpMs - answeredMs);
      return;
    }
    const silentMs = Math.min(sinceLastMs, answeredMs);
    if (silentMs >= this.#values.inactivityMs) this.#end(endReasons.maxInactive);
    else this.#lookIn(this.#values.inactivityMs - silentMs);
  }

  #end(reason: EndReason): void {
    this.stop();
    this.#exceeded(reason);
  }
}

/** A bridge is alive while either side speaks. */
function latest(stats: readonly LegStats[]): number | null {
  const times = stats.flatMap(({ received }) => received.sinceLastMs ?? []);
  return times.length === 0 ? null : Math.min(...times);
}
