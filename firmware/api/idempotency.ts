import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { CrosspointError } from '../base/errors.ts';
import type { StoredAnswer } from '../store/rows.ts';

/** Where answers outlive the process; each resolves when it is committed. */
export interface AnswerStore {
  save(answer: StoredAnswer): Promise<unknown>;
  delete(id: string): Promise<unknown>;
  all(): Promise<readonly StoredAnswer[]>;
}

const KEPT_MS = 24 * 3_600_000;
const MAX_KEPT = 10_000;
const MAX_KEY_LENGTH = 255;

interface Kept {
  readonly fingerprint: string;
  readonly result: Promise<unknown>;
  readonly at: number;
}

/**
 * What was done for which Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a request that comes again,
 * because its answer was lost, gets the first one's answer, also while that is still under way, and after a restart. A
 * request that failed is forgotten: then trying again is the right thing. One that a crash cut off is not done again:
 * nobody knows how far it came. Kept for a day, the oldest 10,000 at most.
 */
export class IdempotencyKeys {
  readonly #clock: Clock;
  readonly #store: AnswerStore;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock, store: AnswerStore) {
    this.#clock = clock;
    this.#store = store;
  }

  /** Reads what a former process has answered. @throws CrosspointError store.… */
  async start(): Promise<void> {
    for (const { id, fingerprint, answer, at } of await this.#store.all()) {
      const result = answer === null ? Promise.reject(cutOff()) : Promise.resolve(JSON.parse(answer));
      result.catch(() => {});
      this.#kept.set(id, { fingerprint, result, at });
    }
    this.#forgetOld();
  }

  /**
   * @param owner the tenant: each has keys of its own
   * @param request all that makes it the same request
   * @param run its result can be written as JSON
   * @throws CrosspointError http.bad-request (the key), http.idempotency-mismatch, http.idempotency-cut-off, store.…;
   *   what `run` throws
   */
  once<T>(owner: string, key: string | undefined, request: unknown, run: () => Promise<T>): Promise<T> {
    if (key === undefined) return run();
    if (key === '' || key.length > MAX_KEY_LENGTH || !/^[\x21-\x7e]+$/.test(key))
      throw new CrosspointError(
        'http.bad-request',
        `Idempotency-Key must be 1 to ${MAX_KEY_LENGTH} printable characters`,
      );
    this.#forgetOld();
    const id = `${owner}\n${key}`;
    const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('base64');
    const kept = this.#kept.get(id);
    if (!kept) return this.#keep(id, fingerprint, run);
    // The same request has the same result, of the same type.
    if (kept.fingerprint === fingerprint) return kept.result as Promise<T>;
    throw new CrosspointError('http.idempotency-mismatch', 'That Idempotency-Key was used for another request');
  }

  #keep<T>(id: string, fingerprint: string, run: () => Promise<T>): Promise<T> {
    const at = this.#clock.now();
    const result = this.#run({ id, fingerprint, answer: null, at }, run);
    const kept = { fingerprint, result, at };
    this.#kept.set(id, kept);
    result.catch(() => {
      if (this.#kept.get(id) !== kept) return;
      this.#kept.delete(id);
      void this.#store.delete(id);
    });
    return result;
  }

  /** That it has begun is on disk before it begins: a crash at any point leaves its trace. */
  async #run<T>(begun: StoredAnswer, run: () => Promise<T>): Promise<T> {
    await this.#store.save(begun);
    const result = await run();
    // When this cannot be written, the request counts as cut off: never as one that was not done.
    await this.#store.save({ ...begun, answer: JSON.stringify(result) }).catch(() => {});
    return result;
  }

  #forgetOld(): void {
    const before = this.#clock.now() - KEPT_MS;
    for (const [id, { at }] of this.#kept) {
      if (at >= before && this.#kept.size < MAX_KEPT) return;
      this.#kept.delete(id);
      void this.#store.delete(id);
    }
  }
}

function cutOff(): CrosspointError {
  return new CrosspointError(
    'http.idempotency-cut-off',
    'The first request with that Idempotency-Key was cut off by a restart, and may have rung: see the events of the project, and use a new key to call again',
  );
}
