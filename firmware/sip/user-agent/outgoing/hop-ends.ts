import type { Hop } from '../../transport/hop.ts';
import type { HopEnd } from '../invite-listener.ts';
import type { Ending } from './ending.ts';

/** A name may lead to more hops than anybody wants to read of. */
const MAX_ENDS = 16;

/** How the hops of one call ended, in the order in which they were tried. */
export class HopEnds {
  readonly #ends: HopEnd[] = [];

  get list(): readonly HopEnd[] {
    return this.#ends;
  }

  /** @returns the ending, for what follows from it */
  add(hop: Hop | null, ending: Ending): Ending {
    const { status, phrase, cause, error } = ending;
    if (this.#ends.length < MAX_ENDS) this.#ends.push({ hop, status, phrase, cause, ...(error && { error }) });
    return ending;
  }
}
