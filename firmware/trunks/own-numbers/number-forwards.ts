import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Clock } from '../../base/clock.ts';
import type { NumberRoute } from '../../config/number-schema.ts';
import type { TypedDocuments } from '../../store/typed-documents.ts';

/** Where a tenant has led one of its numbers at run time. */
const NumberForward = Type.Object({
  /** The number: E.164 without "+". */
  id: Type.String(),
  createdAt: Type.Integer(),
  project: Type.String(),
  /** Forward targets, tried in order. */
  forward: Type.Array(Type.String(), { minItems: 1, maxItems: 16 }),
});
export type NumberForward = Static<typeof NumberForward>;

const record = Compile(NumberForward);

export function isNumberForward(value: unknown): value is NumberForward {
  return record.Check(value);
}

export interface NumberForwardsParts {
  readonly store: TypedDocuments<NumberForward>;
  readonly clock: Clock;
}

/** The numbers that were led elsewhere at run time; kept in the store. They go before what the configuration says of them. */
export class NumberForwards {
  readonly #parts: NumberForwardsParts;
  readonly #routes = new Map<string, NumberRoute>();

  constructor(parts: NumberForwardsParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    for (const forward of await this.#parts.store.all()) this.#routes.set(forward.id, routeOf(forward));
  }

  close(): void {}

  find(msisdn: string): NumberRoute | null {
    return this.#routes.get(msisdn) ?? null;
  }

  /**
   * Resolves when it is stored; calls go there from then on.
   * @param forward targets, checked
   * @throws CrosspointError store.…
   */
  async set(msisdn: string, project: string, forward: readonly string[]): Promise<void> {
    const { store, clock } = this.#parts;
    const made: NumberForward = { id: msisdn, createdAt: clock.now(), project, forward: [...forward] };
    await store.save(made);
    this.#routes.set(msisdn, routeOf(made));
  }

  /** What the configuration says of it counts again. @throws CrosspointError store.… */
  async clear(msisdn: string): Promise<void> {
    if (!this.#routes.has(msisdn)) return;
    await this.#parts.store.delete(msisdn);
    this.#routes.delete(msisdn);
  }
}

function routeOf({ id, project, forward }: NumberForward): NumberRoute {
  return { number: id, project, to: { forward } };
}
