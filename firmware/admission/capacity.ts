import type { Load } from '../../pipelines/protocol/figures.ts';
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
  readonly loads: readonly Load[];
  /** Share of one core; null: not known yet. */
  readonly perLeg: number | null;
  readonly workerBusy: number;
  readonly freePorts: number;
  readonly refusing: RefusalSlug | null;
}

export function capacityOf(figures: CapacityFigures): Capacity {
  const { calls, legs, loads, perLeg, workerBusy, freePorts, refusing } = figures;
  const known = { calls, legs, refusing };
  if (perLeg === null) return { ...known, limit: null, boundBy: null };
  const room = loads.reduce((sum, { busyRatio }) => sum + Math.max(0, workerBusy - busyRatio), 0);
  const more = Math.floor(room / perLeg);
  return { ...known, limit: calls + Math.min(more, freePorts), boundBy: more <= freePorts ? 'worker' : 'ports' };
}
