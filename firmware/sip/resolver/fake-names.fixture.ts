import type { NameService, NaptrRecord, SrvRecord } from './name-service.ts';

/** What a test's name system knows, by name; a function answers in its own way. Unknown names have no records. */
export interface Zone {
  readonly naptr?: Readonly<Record<string, readonly NaptrRecord[] | Answer<NaptrRecord>>>;
  readonly srv?: Readonly<Record<string, readonly SrvRecord[] | Answer<SrvRecord>>>;
  readonly addresses?: Readonly<Record<string, readonly string[] | Answer<string>>>;
  readonly pinned?: Readonly<Record<string, readonly string[]>>;
}
type Answer<T> = () => Promise<readonly T[]>;

/** A name service of a few lines that remembers what it was asked. */
export class FakeNames implements NameService {
  readonly asked: string[] = [];
  readonly #zone: Zone;

  constructor(zone: Zone) {
    this.#zone = zone;
  }

  async naptr(name: string): Promise<readonly NaptrRecord[]> {
    return await this.#answer(`NAPTR ${name}`, this.#zone.naptr?.[name]);
  }

  async srv(name: string): Promise<readonly SrvRecord[]> {
    return await this.#answer(`SRV ${name}`, this.#zone.srv?.[name]);
  }

  async addresses(name: string): Promise<readonly string[]> {
    return await this.#answer(`A ${name}`, this.#zone.addresses?.[name]);
  }

  async pinned(name: string): Promise<readonly string[]> {
    return this.#zone.pinned?.[name] ?? [];
  }

  async #answer<T>(question: string, answer: readonly T[] | Answer<T> | undefined): Promise<readonly T[]> {
    this.asked.push(question);
    return typeof answer === 'function' ? await answer() : (answer ?? []);
  }
}
