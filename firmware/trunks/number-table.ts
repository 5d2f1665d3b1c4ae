import type { NumberRoute } from '../config/number-schema.ts';
import type { ReadNumber } from './number-format.ts';

export interface RouteMatch {
  readonly route: NumberRoute;
  readonly by: 'number' | 'prefix' | 'any';
}

/** Longest prefix that a configuration can name, with its "+". */
const MAX_PREFIX = 16;

/**
 * The `numbers` of the configuration, made for look-ups: a number is found by a few dozen of them however many there
 * are. The exact number goes before the longest prefix, that before "any"; among equals the one of the caller's trunk.
 */
export class NumberTable {
  readonly #exact = new Map<string, NumberRoute>();
  readonly #prefixes = new Map<string, NumberRoute>();
  readonly #any = new Map<string, NumberRoute>();

  constructor(routes: readonly NumberRoute[]) {
    for (const route of routes) {
      const { number, prefix, trunk = '' } = route;
      if (number !== undefined) this.#exact.set(keyOf(trunk, number), route);
      else if (prefix !== undefined) this.#prefixes.set(keyOf(trunk, prefix), route);
      else this.#any.set(keyOf(trunk, ''), route);
    }
  }

  /** @param trunk name of the trunk that the call came from */
  find(called: ReadNumber, trunk: string): RouteMatch | undefined {
    const written = spellings(called);
    for (const text of written) {
      const route = lookUp(this.#exact, trunk, text);
      if (route) return { route, by: 'number' };
    }
    for (let length = MAX_PREFIX; length > 0; length--) {
      for (const text of written) {
        const route = text.length >= length ? lookUp(this.#prefixes, trunk, text.slice(0, length)) : undefined;
        if (route) return { route, by: 'prefix' };
      }
    }
    const route = lookUp(this.#any, trunk, '');
    return route && { route, by: 'any' };
  }
}

/** The number may stand in the configuration as E.164 or as it is dialled. */
function spellings({ e164, text }: ReadNumber): string[] {
  return e164 === null || e164 === text ? [text] : [e164, text];
}

function lookUp(table: ReadonlyMap<string, NumberRoute>, trunk: string, text: string): NumberRoute | undefined {
  return table.get(keyOf(trunk, text)) ?? table.get(keyOf('', text));
}

/** No trunk's name holds a blank. */
function keyOf(trunk: string, text: string): string {
  return `${trunk} ${text}`;
}
