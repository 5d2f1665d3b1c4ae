import type { LegFlow, LegQuality, LegStats } from '../../pipelines/protocol/figures.ts';
import type { LegId } from '../base/ids.ts';
import {
  type CallMediaRecord,
  type LegMedia,
  mediaFigures,
  type Side,
  type SideProblem,
  sides,
} from '../quality/call-media.ts';
import { type FlowLimits, FlowWatch } from '../quality/flow-watch.ts';

/** Of a call whose media comes and goes for hours, the first ones are kept. */
const MAX_PROBLEMS = 100;

export interface SideProblemChange {
  readonly problem: SideProblem;
  readonly present: boolean;
}

type Ended = Pick<CallMediaRecord, 'call' | 'project' | 'endedAt'>;

/** What is known of one call's media: its last interval, its problems, and what is to be kept when it is over. */
export class CallMedia {
  readonly #watches = new Map<LegId, { readonly side: Side; readonly watch: FlowWatch }>();
  readonly #closed: CallMediaRecord['legs'] = [];
  readonly #past: CallMediaRecord['problems'] = [];
  #lastInterval: readonly LegMedia[] = [];

  /** Of each leg that was measured; empty before the first interval. */
  get lastInterval(): readonly LegMedia[] {
    return this.#lastInterval;
  }

  get problems(): SideProblem[] {
    return [...this.#watches.values()].flatMap(({ side, watch }) =>
      watch.problems.map(problem => ({ side, ...problem })),
    );
  }

  measured(legs: readonly LegQuality[]): void {
    this.#lastInterval = legs.map(({ leg, interval, call }, side) => ({
      leg,
      side: sideOf(side),
      interval: mediaFigures(interval),
      call: mediaFigures(call),
    }));
  }

  /**
   * @param flows of the call's present legs, first side first
   * @param now milliseconds since 1970
   */
  look(flows: readonly (LegFlow | undefined)[], active: boolean, limits: FlowLimits, now: number): SideProblemChange[] {
    return flows.flatMap((flow, index) => {
      if (!flow) return [];
      const leg = flow.leg as LegId;
      const entry = this.#watches.get(leg) ?? { side: sideOf(index), watch: new FlowWatch(limits) };
      this.#watches.set(leg, entry);
      return entry.watch.look(flow, active, now).map(({ problem, present }) => {
        const told = { side: entry.side, ...problem };
        if (!present) this.#over(told, now);
        return { problem: told, present };
      });
    });
  }

  /** A leg is gone, with its last figures; null when its worker was gone first. Its problems are over. */
  closed(index: number, leg: LegId, stats: LegStats | null, now: number): SideProblemChange[] {
    const side = sideOf(index);
    this.#closed.push({ leg, side, call: stats?.quality ? mediaFigures(stats.quality) : null });
    const problems = this.#watches.get(leg)?.watch.problems ?? [];
    this.#watches.delete(leg);
    return problems.map(problem => {
      const told = { side, ...problem };
      this.#over(told, now);
      return { problem: told, present: false };
    });
  }

  /** Everything, of a call whose legs are closed. */
  record(ended: Ended): CallMediaRecord {
    return { ...ended, legs: [...this.#closed], problems: [...this.#past] };
  }

  #over(problem: SideProblem, until: number): void {
    if (this.#past.length < MAX_PROBLEMS) this.#past.push({ ...problem, until });
  }
}

function sideOf(index: number): Side {
  return sides[index] ?? 'first';
}
