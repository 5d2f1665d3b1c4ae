import type { LegId } from '../base/ids.ts';
import type { Client } from '../sessions/client.ts';

interface OfClient {
  readonly legs: Set<LegId>;
  readonly watchers: Set<() => void>;
}

/** Through which legs each client publishes: whoever hears the mix of the session is not to hear himself. */
export class OwnLegs {
  readonly #byClient = new Map<Client, OfClient>();

  /** In the order in which they were added. */
  of(client: Client): LegId[] {
    return [...(this.#byClient.get(client)?.legs ?? [])];
  }

  /** @returns takes it back; without effect the second time */
  add(client: Client, leg: LegId): () => void {
    const { legs } = this.#entry(client);
    legs.add(leg);
    this.#changed(client);
    return () => {
      if (legs.delete(leg)) this.#changed(client);
    };
  }

  /** @returns ends the watch */
  watch(client: Client, changed: () => void): () => void {
    const { watchers } = this.#entry(client);
    watchers.add(changed);
    return () => {
      if (watchers.delete(changed)) this.#forget(client);
    };
  }

  /** Clients that publish or watch. */
  get size(): number {
    return this.#byClient.size;
  }

  #entry(client: Client): OfClient {
    const known = this.#byClient.get(client) ?? { legs: new Set(), watchers: new Set() };
    this.#byClient.set(client, known);
    return known;
  }

  #changed(client: Client): void {
    for (const changed of [...(this.#byClient.get(client)?.watchers ?? [])]) changed();
    this.#forget(client);
  }

  #forget(client: Client): void {
    const entry = this.#byClient.get(client);
    if (entry?.legs.size === 0 && entry.watchers.size === 0) this.#byClient.delete(client);
  }
}
