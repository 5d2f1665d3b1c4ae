/** Rate of everything that the phones of the tests hear and say, samples a second. */
export const RATE = 8000;

/** `length` samples of a sine, beginning with sample `start`; 0 dBov is the power of a full-scale square wave. */
export function sine(
  frequencyHz: number,
  levelDbov: number,
  start: number,
  length: number,
  rate: number = RATE,
): Int16Array {
  const amplitude = 32_768 * Math.SQRT2 * 10 ** (levelDbov / 20);
  const step = (2 * Math.PI * frequencyHz) / rate;
  return Int16Array.from({ length }, (_, i) => Math.round(amplitude * Math.sin(step * ((start + i) % rate))));
}

export const dbov = (power: number): number =>
  power <= 0 ? -127 : Math.max(-127, 10 * Math.log10(power / 32_768 ** 2));

/** Mean square of the samples. */
export function power(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return samples.length === 0 ? 0 : sum / samples.length;
}

/** Power of the part of `samples` that is a sine of `frequencyHz` (Goertzel). */
export function powerAt(samples: Int16Array, frequencyHz: number, rate: number = RATE): number {
  if (samples.length === 0) return 0;
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / rate);
  let previous = 0;
  let beforeThat = 0;
  for (const sample of samples) {
    const now = sample + coefficient * previous - beforeThat;
    beforeThat = previous;
    previous = now;
  }
  const magnitude = previous ** 2 + beforeThat ** 2 - coefficient * previous * beforeThat;
  return (2 * magnitude) / samples.length ** 2;
}

/**
 * What somebody heard, judged second by second: over a whole second sines of whole Hertz are orthogonal, so one never
 * shows up in another's figure and what is left after taking them away is really something else.
 */
export class Heard {
  readonly #seconds: readonly Int16Array[];

  readonly #rate: number;

  constructor(samples: Int16Array, rate: number = RATE) {
    this.#rate = rate;
    this.#seconds = Array.from({ length: Math.floor(samples.length / rate) }, (_, i) =>
      samples.subarray(i * rate, (i + 1) * rate),
    );
    if (this.#seconds.length === 0) throw new Error('needs at least a second of sound');
  }

  /** Level in the quietest second, dBov. */
  atLeast(frequencyHz: number): number {
    return Math.min(...this.#seconds.map(second => dbov(powerAt(second, frequencyHz, this.#rate))));
  }

  /** Level in the loudest second, dBov. */
  atMost(frequencyHz: number): number {
    return Math.max(...this.#seconds.map(second => dbov(powerAt(second, frequencyHz, this.#rate))));
  }

  /** Level of all that was heard, in the loudest second, dBov. */
  loudest(): number {
    return Math.max(...this.#seconds.map(second => dbov(power(second))));
  }

  /** Level of what is none of `frequencies`, in the usual (median) second, dBov. */
  besides(frequencies: readonly number[]): number {
    const rests = this.#seconds.map(second =>
      dbov(frequencies.reduce((rest, frequency) => rest - powerAt(second, frequency, this.#rate), power(second))),
    );
    return rests.sort((a, b) => a - b)[Math.floor(rests.length / 2)] ?? -127;
  }
}
