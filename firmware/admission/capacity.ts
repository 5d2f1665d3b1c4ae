import type { RefusalSlug } from './reasons.ts';

/** How many calls the box has, and how many it could have. */
export interface Capacity {
  readonly calls: number;
  /** Of calls and of WebRTC clients. */
  readonly legs: number;
  /**
   * How many calls of one far end each the box could have at a time: those that it has, and as many more as its workers and
   * ports have room for, if they cost what the present ones cost. Null until there were enough legs to tell.
   */
  readonly limit: number | null;
  /** What that number is bounded by. */
  readonly boundBy: 'worker' | 'ports' | null;
  /** Why new calls are refused now; null while they are taken. */
  readonly refusing: RefusalSlug | null;
}

export interface CapacityFigures {
  readonly calls: number;
  readonly legs: number;
  /** Workers that are up. */
  readonly workers: number;
  /** Share of one core; null: not known yet. */
  readonly perLeg: number | null;
  readonly workerBusy: number;
  readonly freePorts: number;
  readonly refusing: RefusalSlug | null;
}

export function capacityOf(figures: CapacityFigures): Capacity {
  const { calls, legs, workers, perLeg, workerBusy, freePorts, refusing } = figures;
  const known = { calls, legs, refusing };
  if (perLeg === null) return { ...known, limit: null, boundBy: null };
  const more = Math.max(0, Math.floor((workers * workerBusy) / perLeg) - legs);
  const limit = Math.max(calls, roundedDown(calls + Math.min(more, freePorts)));
  return { ...known, limit, boundBy: more <= freePorts ? 'worker' : 'ports' };
}

/** To two digits: it is an estimate, and who is told of each change of it must not be told every second. */
function roundedDown(count: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1);
  return Math.floor(count / step) * step;
}
