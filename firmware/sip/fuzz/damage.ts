import { mutate } from '../message/mutations.ts';

const EXTREMES = ['0', '-1', '2147483647', '2147483648', '4294967296', '9007199254740993', '1e9', '0x10', '00', '1'];
const DIGITS = /\d+/g;

/**
 * Hostile variants of good texts: wounds to the bytes, and what only somebody who knows the protocol would do (fields
 * doubled, numbers at their limits, the head of one message on the body of another, everything said many times).
 */
export function damage(seeds: readonly Buffer[], random: () => number): Buffer {
  const seed = pick(seeds, random);
  switch (Math.floor(random() * 8)) {
    case 0:
      return spliced(seed, pick(seeds, random), random);
    case 1:
      return withLineAgain(seed, random);
    case 2:
      return withExtremeNumber(seed, random);
    case 3:
      return seed.subarray(0, Math.floor(random() * seed.length));
    case 4:
      return mutate(withExtremeNumber(withLineAgain(seed, random), random), random);
    default:
      return mutate(seed, random);
  }
}

function pick(seeds: readonly Buffer[], random: () => number): Buffer {
  return seeds[Math.floor(random() * seeds.length)] ?? Buffer.alloc(0);
}

function spliced(one: Buffer, other: Buffer, random: () => number): Buffer {
  const [end, start] = [Math.floor(random() * one.length), Math.floor(random() * other.length)];
  return Buffer.concat([one.subarray(0, end), other.subarray(start)]);
}

/** A line of the text once more, or many times, somewhere else. */
function withLineAgain(seed: Buffer, random: () => number): Buffer {
  const lines = seed.toString('latin1').split('\n');
  const line = lines[Math.floor(random() * lines.length)] ?? '';
  const times = random() < 0.8 ? 1 : Math.floor(random() * 300);
  lines.splice(Math.floor(random() * (lines.length + 1)), 0, ...Array<string>(times).fill(line));
  return Buffer.from(lines.join('\n'), 'latin1');
}

function withExtremeNumber(seed: Buffer, random: () => number): Buffer {
  const text = seed.toString('latin1');
  const numbers = [...text.matchAll(DIGITS)];
  const chosen = numbers[Math.floor(random() * numbers.length)];
  if (!chosen) return seed;
  const extreme =
    random() < 0.1 ? '9'.repeat(1 + Math.floor(random() * 400)) : EXTREMES[Math.floor(random() * EXTREMES.length)];
  return Buffer.from(
    `${text.slice(0, chosen.index)}${extreme}${text.slice(chosen.index + chosen[0].length)}`,
    'latin1',
  );
}
