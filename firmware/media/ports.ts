import type { Endpoint, LegOpen } from '../../pipelines/protocol/leg-media.ts';

/** So long a closed pair rests where there are others; a far end that has not heard of the end by then never will. */
const REST_MS = 30_000;

/** Whom a leg heard last. */
export type Peer = Endpoint & { readonly ssrc: number | null };

export interface PortPair {
  /** Even. */
  readonly rtpPort: number;
  /** Whoever may still send to it. */
  readonly former: LegOpen['former'] | null;
}

/**
 * The UDP port pairs of the media range: RTP on the even port, RTCP on the next (RFC 3550 §11).
 *
 * The pair closed longest ago is taken first, so that a late packet of an ended call finds nobody. When ports run short
 * and it has not rested yet, its former far end is told with it: the worker then takes nothing from there.
 */
export class PortPool {
  readonly #free: Int32Array;
  readonly #resting = new Map<number, { readonly peer: Peer; readonly until: number }>();
  #head = 0;
  #count: number;

  /** @param range inclusive, as in the configuration */
  constructor(range: readonly [number, number]) {
    const first = range[0] + (range[0] % 2);
    const pairs = Math.max(0, Math.floor((range[1] - first + 1) / 2));
    this.#free = Int32Array.from({ length: pairs }, (_, index) => first + 2 * index);
    this.#count = pairs;
  }

  get free(): number {
    return this.#count;
  }

  /** Undefined when every pair is in use. @param now monotonic milliseconds */
  take(now: number): PortPair | undefined {
    if (this.#count === 0) return undefined;
    const rtpPort = this.#free[this.#head]!;
    this.#head = (this.#head + 1) % this.#free.length;
    this.#count--;
    const resting = this.#resting.get(rtpPort);
    this.#resting.delete(rtpPort);
    if (!resting || resting.until <= now) return { rtpPort, former: null };
    const { host, port, ssrc } = resting.peer;
    const dropMs = Math.ceil(resting.until - now);
    return { rtpPort, former: { host, port, ...(ssrc !== null && { ssrc }), dropMs } };
  }

  /** Gives a pair back; it is taken again only after all others. @param peer null when nobody is known to send there */
  giveBack(rtpPort: number, peer: Peer | null, now: number): void {
    this.#free[(this.#head + this.#count) % this.#free.length] = rtpPort;
    this.#count++;
    if (peer) this.#resting.set(rtpPort, { peer, until: now + REST_MS });
  }
}
