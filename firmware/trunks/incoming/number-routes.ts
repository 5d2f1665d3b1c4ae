import type { ProjectId } from '../../base/ids.ts';
import type { NumberRoute } from '../../config/number-schema.ts';
import { DEVICE_PROJECT } from '../../config/projects.ts';
import type { ForwardEntry, ForwardParts } from '../bridge/forward-list.ts';
import { forwardEntries } from '../bridge/forward-list.ts';
import type { Onward, Onwards } from '../bridge/transfer-target.ts';
import { type ForwardTarget, parseForwardTarget } from '../forward-target.ts';
import type { ReadNumber } from '../number-format.ts';
import { NumberTable, type RouteMatch } from '../number-table.ts';
import type { TrunkPort } from '../trunk-port.ts';

/** The `numbers` of the configuration, with their forward lists read. */
export class NumberRoutes implements Onwards {
  readonly #table: NumberTable;
  readonly #parts: ForwardParts;
  /** Ten thousand numbers are read when they are first called, each once. */
  readonly #targets = new WeakMap<NumberRoute, readonly ForwardTarget[]>();

  constructor(routes: readonly NumberRoute[], parts: ForwardParts) {
    this.#table = new NumberTable(routes);
    this.#parts = parts;
  }

  match(called: ReadNumber, trunk: TrunkPort): RouteMatch | null {
    return this.#table.find(called, trunk.name) ?? null;
  }

  entries(route: NumberRoute, called: ReadNumber): ForwardEntry[] {
    return forwardEntries(this.#targetsOf(route), called, this.#parts);
  }

  find(called: ReadNumber, trunk: TrunkPort): Onward | null {
    const route = this.match(called, trunk)?.route;
    if (!route?.to.forward) return null;
    return { entries: this.entries(route, called), project: projectOf(route) };
  }

  #targetsOf(route: NumberRoute): readonly ForwardTarget[] {
    const known = this.#targets.get(route);
    if (known) return known;
    const read = (route.to.forward ?? []).map(parseForwardTarget);
    this.#targets.set(route, read);
    return read;
  }
}

/** Whose call it is. */
export function projectOf({ project }: NumberRoute): ProjectId {
  return project === undefined ? DEVICE_PROJECT : (project as ProjectId);
}
