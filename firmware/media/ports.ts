/**
 * The UDP port pairs of the media range: RTP on the even port, RTCP on the next (RFC 3550 §11).
 *
 * The pair closed longest ago is taken first, so that a late packet of an ended call finds nobody, or at least not
 * the next call.
 */
export class PortPool {
  readonly #free: Int32Array;
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

  /** An even port, or undefined when every pair is in use. */
  take(): number | undefined {
    if (this.#count === 0) return undefined;
    const port = this.#free[this.#head];
    this.#head = (this.#head + 1) % this.#free.length;
    this.#count--;
    return port;
  }

  /** Gives a pair back; it is taken again only after all others. */
  giveBack(rtpPort: number): void {
    this.#free[(this.#head + this.#count) % this.#free.length] = rtpPort;
    this.#count++;
  }
}
