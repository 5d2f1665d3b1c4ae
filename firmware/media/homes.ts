import type { WorkerSlot } from './worker-slot.ts';

/** Which worker each placement lies on, as long as legs or recordings use it: one worker mixes who hear each other. */
export class Homes {
  readonly #homes = new Map<string, { readonly slot: WorkerSlot; users: number }>();

  slotOf(placement: string): WorkerSlot | null {
    return this.#homes.get(placement)?.slot ?? null;
  }

  settle(placement: string, slot: WorkerSlot): void {
    const home = this.#homes.get(placement);
    if (home) home.users++;
    else this.#homes.set(placement, { slot, users: 1 });
  }

  unsettle(placement: string): void {
    const home = this.#homes.get(placement);
    if (home && --home.users === 0) this.#homes.delete(placement);
  }

  /** A leg of `slot` goes from one placement to another. False, and nothing is done, where that is another worker's. */
  visit(slot: WorkerSlot, placement: string | null, former: string | null): boolean {
    const home = placement === null ? null : this.slotOf(placement);
    if (home && home !== slot) return false;
    if (placement !== null) this.settle(placement, slot);
    if (former !== null) this.unsettle(former);
    return true;
  }
}
