import type { Clock } from '../../base/clock.ts';
import type { NameService, NaptrRecord, SrvRecord } from './name-service.ts';

/** An answer with the time for which it holds, in seconds; null: not known. */
export interface Found<T> {
  readonly records: readonly T[];
  readonly ttlS: number | null;
}

/** A `NameService` before its answers are kept. */
export type NameSource = {
  readonly [Question in keyof NameService]: (
    name: string,
  ) => Promise<Found<Awaited<ReturnType<NameService[Question]>>[number]>>;
};

const UNKNOWN_TTL_S = 60;
/** A record may say 0 (RFC 2181 §8); at hundreds of calls a second it still is one question a second. */
const MIN_TTL_S = 1;
const MAX_TTL_S = 3_600;
/** "Nothing" and "not to be known now": soon asked again. */
const NEGATIVE_MS = 10_000;
/** RFC 8767: while no name server answers, what was true an hour ago is better than no telephone. */
const STALE_MS = 3_600_000;
/** All who ask while the question is under way wait for the one answer, unless it never comes. */
const PATIENCE_MS = 30_000;
/** Of each kind of question; applications choose the names of the targets that they dial. */
const MAX_NAMES = 1_024;

interface Entry<T> {
  answer: Promise<readonly T[]>;
  /** Monotonic. */
  until: number;
  /** The last answer with records in it, and until when it may stand in for one that fails. */
  good: { readonly records: readonly T[]; readonly until: number } | null;
}

/** Keeps the answers of one kind of question. */
class Answers<T> {
  readonly #clock: Clock;
  readonly #ask: (name: string) => Promise<Found<T>>;
  /** The name that was asked for longest ago first. */
  readonly #entries = new Map<string, Entry<T>>();

  constructor(clock: Clock, ask: (name: string) => Promise<Found<T>>) {
    this.#clock = clock;
    this.#ask = ask;
  }

  get(name: string): Promise<readonly T[]> {
    const known = this.#entries.get(name);
    this.#entries.delete(name);
    const entry = known && known.until > this.#clock.monotonic() ? known : this.#asked(name, known?.good ?? null);
    this.#entries.set(name, entry);
    if (this.#entries.size > MAX_NAMES) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return entry.answer;
  }

  get size(): number {
    return this.#entries.size;
  }

  #asked(name: string, good: Entry<T>['good']): Entry<T> {
    const until = this.#clock.monotonic() + PATIENCE_MS;
    const entry: Entry<T> = { answer: Promise.resolve([]), until, good };
    entry.answer = this.#answer(entry, name);
    // Whoever asked hears of it; nobody else must.
    entry.answer.catch(() => {});
    return entry;
  }

  async #answer(entry: Entry<T>, name: string): Promise<readonly T[]> {
    try {
      const { records, ttlS } = await this.#ask(name);
      const heldMs = 1_000 * Math.min(MAX_TTL_S, Math.max(MIN_TTL_S, ttlS ?? UNKNOWN_TTL_S));
      const now = this.#clock.monotonic();
      entry.until = now + (records.length > 0 ? heldMs : NEGATIVE_MS);
      entry.good = records.length > 0 ? { records, until: now + heldMs + STALE_MS } : null;
      return records;
    } catch (error) {
      const now = this.#clock.monotonic();
      entry.until = now + NEGATIVE_MS;
      if (entry.good && entry.good.until > now) return entry.good.records;
      throw error;
    }
  }
}

/** A name service that asks its source once for all who want to know at the same time, and keeps what it heard. */
export class CachedNames implements NameService {
  readonly #naptr: Answers<NaptrRecord>;
  readonly #srv: Answers<SrvRecord>;
  readonly #addresses: Answers<string>;
  readonly #pinned: Answers<string>;

  constructor(source: NameSource, clock: Clock) {
    this.#naptr = new Answers(clock, name => source.naptr(name));
    this.#srv = new Answers(clock, name => source.srv(name));
    this.#addresses = new Answers(clock, name => source.addresses(name));
    this.#pinned = new Answers(clock, name => source.pinned(name));
  }

  naptr(name: string): Promise<readonly NaptrRecord[]> {
    return this.#naptr.get(name.toLowerCase());
  }

  srv(name: string): Promise<readonly SrvRecord[]> {
    return this.#srv.get(name.toLowerCase());
  }

  addresses(name: string): Promise<readonly string[]> {
    return this.#addresses.get(name.toLowerCase());
  }

  pinned(name: string): Promise<readonly string[]> {
    return this.#pinned.get(name.toLowerCase());
  }

  /** How many names are kept, all kinds together. */
  get size(): number {
    return this.#naptr.size + this.#srv.size + this.#addresses.size + this.#pinned.size;
  }
}
