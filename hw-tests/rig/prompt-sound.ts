import { dbov, power, RATE } from './tones.ts';

/** Where a sound begins and ends in samples: the first and last stretch of 10 ms above a level. */
export function extentOf(
  samples: Int16Array,
  aboveDbov: number,
): { readonly from: number; readonly to: number } | null {
  const step = RATE / 100;
  let from = -1;
  let to = -1;
  for (let at = 0; at + step <= samples.length; at += step) {
    if (dbov(power(samples.subarray(at, at + step))) < aboveDbov) continue;
    if (from < 0) from = at;
    to = at + step;
  }
  return from < 0 ? null : { from, to };
}

/** How alike two sounds are at the best shift of the second one: 1 the same, 0 nothing in common. */
export function likeness(
  one: Int16Array,
  two: Int16Array,
  maxShift: number,
): { readonly value: number; readonly shift: number } {
  let best = { value: -1, shift: 0 };
  for (let shift = 0; shift <= maxShift && shift + one.length <= two.length; shift++) {
    let product = 0;
    let first = 0;
    let second = 0;
    for (let i = 0; i < one.length; i++) {
      const a = one[i] ?? 0;
      const b = two[shift + i] ?? 0;
      product += a * b;
      first += a * a;
      second += b * b;
    }
    const value = first === 0 || second === 0 ? 0 : product / Math.sqrt(first * second);
    if (value > best.value) best = { value, shift };
  }
  return best;
}
