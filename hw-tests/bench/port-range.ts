import { freePortRange } from '../rig/free-ports.ts';

/** One range of a size for all servers of this process: they run one after the other. Who runs beside asks for another size. */
const ranges = new Map<number, readonly [first: number, last: number]>();

export function portRange(count: number): readonly [first: number, last: number] {
  const range = ranges.get(count) ?? freePortRange(count);
  ranges.set(count, range);
  return range;
}
