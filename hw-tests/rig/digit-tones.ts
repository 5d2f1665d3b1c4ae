import { power, powerAt, RATE, sine } from './tones.ts';

/** Digits as tones (ITU-T Q.23), as a phone of the tests says and hears them, apart from the product's. */
const LOW = [697, 770, 852, 941];
const HIGH = [1209, 1336, 1477, 1633];
const KEYS = '123A456B789C*0#D';

/** `length` samples of a digit at -11 and -9 dBm0, beginning with its sample `start`. */
export function digitTones(digit: string, start: number, length: number): Int16Array {
  const key = KEYS.indexOf(digit);
  const low = sine(LOW[Math.floor(key / 4)] ?? 0, -17.15, start, length);
  const high = sine(HIGH[key % 4] ?? 0, -15.15, start, length);
  return low.map((sample, i) => sample + (high[i] ?? 0));
}

export interface HeardTones {
  readonly digit: string;
  ms: number;
}

/** Hears digits in sound of 8 kHz, in stretches of 10 ms: two of them or more with the same two tones and little else. */
export class DigitEar {
  readonly heard: HeardTones[] = [];
  #digit: string | null = null;
  #stretches = 0;

  listen(samples: Int16Array): void {
    const length = RATE / 100;
    for (let at = 0; at + length <= samples.length; at += length) this.#stretch(samples.subarray(at, at + length));
  }

  /** The digits in their order, of at least that length. */
  digits(atLeastMs = 40): string {
    return this.heard.flatMap(({ digit, ms }) => (ms >= atLeastMs ? [digit] : [])).join('');
  }

  #stretch(samples: Int16Array): void {
    const digit = digitIn(samples);
    this.#stretches = digit !== null && digit === this.#digit ? this.#stretches + 1 : 1;
    this.#digit = digit;
    if (digit === null) return;
    const last = this.heard.at(-1);
    if (this.#stretches === 2) this.heard.push({ digit, ms: 20 });
    else if (this.#stretches > 2 && last) last.ms += 10;
  }
}

function digitIn(samples: Int16Array): string | null {
  const all = power(samples);
  // -40 dBov
  if (all < 100_000) return null;
  const strongest = (group: readonly number[]) => {
    const powers = group.map(hz => powerAt(samples, hz));
    const most = Math.max(...powers);
    return { index: powers.indexOf(most), power: most };
  };
  const [low, high] = [strongest(LOW), strongest(HIGH)];
  if (low.power + high.power < 0.6 * all || Math.min(low.power, high.power) < 0.1 * all) return null;
  return KEYS[4 * low.index + high.index] ?? null;
}
