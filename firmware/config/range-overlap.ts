import { isIP } from 'node:net';
import { parseAddressRange } from './address.ts';

/** An address range and whose it is. */
export interface OwnedRange {
  /** As in the configuration. */
  readonly range: string;
  readonly owner: number;
}

export interface Overlap {
  readonly inner: OwnedRange;
  readonly outer: OwnedRange;
}

interface Span extends OwnedRange {
  readonly family: string;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Ranges of different owners that share addresses, each inner one told once. Of two ranges either one holds the other
 * or they are apart, so one walk over the sorted list finds them: a file may hold tens of thousands.
 */
export function overlaps(ranges: readonly OwnedRange[]): Overlap[] {
  const spans = ranges.flatMap(spanOf).sort(byStartThenWidest);
  const found: Overlap[] = [];
  let around: Span[] = [];
  for (const span of spans) {
    while (around.length > 0 && !holds(around.at(-1), span)) around.pop();
    const outer = around.findLast(({ owner }) => owner !== span.owner);
    if (outer) found.push({ inner: span, outer });
    // More of the same owner around it could tell nothing new.
    if (around.at(-1)?.owner !== span.owner) around = [...around, span];
  }
  return found;
}

function holds(outer: Span | undefined, inner: Span): boolean {
  return outer !== undefined && outer.family === inner.family && outer.last >= inner.first;
}

function spanOf({ range, owner }: OwnedRange): Span[] {
  const parsed = parseAddressRange(range);
  if (!parsed) return [];
  const bits = parsed.family === 'ipv4' ? 32 : 128;
  const size = 1n << BigInt(bits - parsed.prefix);
  const first = (numberOf(parsed.address) / size) * size;
  return [{ range, owner, family: parsed.family, first, last: first + size - 1n }];
}

function byStartThenWidest(a: Span, b: Span): number {
  if (a.family !== b.family) return a.family < b.family ? -1 : 1;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.last === b.last ? 0 : a.last > b.last ? -1 : 1;
}

/** An address as a number; RFC 4291 §2.2 for the three ways to write IPv6. */
function numberOf(address: string): bigint {
  if (isIP(address) === 4) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const hex = address.replace(/[0-9]+(?:\.[0-9]+){3}$/, v4 => {
    const value = numberOf(v4);
    return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
  });
  const [head = '', tail] = hex.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...zeros, ...right].reduce((sum, part) => sum * 65_536n + BigInt(`0x${part}`), 0n);
}
