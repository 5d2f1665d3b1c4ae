import { RATE } from './tones.ts';

const MAX_SECONDS = 60;

/** Sound put together from packets by their time stamps; what is missing is silence. Bounded to a minute. */
export class Recording {
  readonly #samples = new Int16Array(MAX_SECONDS * RATE);
  #length = 0;
  #base: number | undefined;
  #ssrc: number | undefined;

  /** Samples from the first packet to the end of the furthest one. */
  get length(): number {
    return this.#length;
  }

  put(ssrc: number, timestamp: number, samples: Int16Array): void {
    // Another source has time stamps of its own: it goes on where the one before ended.
    if (this.#base === undefined || ssrc !== this.#ssrc) this.#base = timestamp - this.#length;
    this.#ssrc = ssrc;
    const at = (timestamp - this.#base) | 0;
    if (at < 0 || at + samples.length > this.#samples.length) return;
    this.#samples.set(samples, at);
    this.#length = Math.max(this.#length, at + samples.length);
  }

  clear(): void {
    this.#samples.fill(0, 0, this.#length);
    this.#length = 0;
    this.#base = undefined;
  }

  samples(): Int16Array {
    return this.#samples.slice(0, this.#length);
  }
}
