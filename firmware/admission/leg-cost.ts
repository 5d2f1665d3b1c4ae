import type { Load } from '../../pipelines/protocol/figures.ts';

/** Fewer legs say more about the loop itself than about a leg. */
const ENOUGH_LEGS = 10;
/** How much the last second counts: figures of a second vary by a tenth or so. */
const WEIGHT = 0.1;

/** What a leg has cost so far, whatever its codec: share of one core. */
export class LegCost {
  #perLeg: number | null = null;

  /** Null until there were enough legs at a time to tell. */
  get perLeg(): number | null {
    return this.#perLeg;
  }

  look(loads: readonly Load[]): void {
    const legs = loads.reduce((sum, load) => sum + load.legs, 0);
    const busy = loads.reduce((sum, load) => sum + load.busyRatio, 0);
    if (legs < ENOUGH_LEGS || busy <= 0) return;
    const now = busy / legs;
    this.#perLeg = this.#perLeg === null ? now : this.#perLeg + WEIGHT * (now - this.#perLeg);
  }
}
