import type { Clock } from '../../base/clock.ts';
import type { Hop } from '../transport/hop.ts';

/** Long enough to spare the calls of a busy half-minute the wait; short enough that a peer which came back is used. */
const FAILED_MS = 30_000;
/** More places than all trunks of a box name. */
const MAX_HOPS = 1024;

/**
 * Hops that lately gave no response, a 503, or no connection (RFC 3263 §4.3). They are tried last, never left out: when
 * all have failed, the list is as it was.
 */
export class HopFailures {
  readonly #clock: Clock;
  /** Monotonic end of the penalty, the oldest failure first. */
  readonly #until = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(hop: Hop): void {
    const key = keyOf(hop);
    this.#until.delete(key);
    if (this.#until.size >= MAX_HOPS) {
      const [oldest] = this.#until.keys();
      if (oldest !== undefined) this.#until.delete(oldest);
    }
    this.#until.set(key, this.#clock.monotonic() + FAILED_MS);
  }

  /** It has answered: from now on it has its own place again. */
  remove(hop: Hop): void {
    if (this.#until.size > 0) this.#until.delete(keyOf(hop));
  }

  /** The same hops, those that failed behind the others. */
  order(hops: readonly Hop[]): readonly Hop[] {
    if (this.#until.size === 0 || hops.length < 2) return hops;
    const failed = hops.filter(hop => this.#hasFailed(hop));
    if (failed.length === 0 || failed.length === hops.length) return hops;
    return [...hops.filter(hop => !failed.includes(hop)), ...failed];
  }

  get size(): number {
    return this.#until.size;
  }

  #hasFailed(hop: Hop): boolean {
    const key = keyOf(hop);
    const until = this.#until.get(key);
    if (until === undefined) return false;
    if (until > this.#clock.monotonic()) return true;
    this.#until.delete(key);
    return false;
  }
}

function keyOf({ transport, address, port, serverName }: Hop): string {
  return `${transport} ${address} ${port} ${serverName ?? ''}`;
}
