import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { CrosspointError } from '../base/errors.ts';

const KEPT_MS = 24 * 3_600_000;
const MAX_KEPT = 10_000;
const MAX_KEY_LENGTH = 255;

interface Kept<T> {
  readonly fingerprint: string;
  readonly result: Promise<T>;
  readonly at: number;
}

/**
 * What was done for which Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a request that comes again,
 * because its answer was lost, gets the first one's answer, also while that is still under way. A request that failed is
 * forgotten: then trying again is the right thing. Kept for a day, the oldest 10,000 at most; a restart forgets them
 * with the calls that they made.
 */
export class IdempotencyKeys<T> {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept<T>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param owner the tenant: each has keys of its own
   * @param request all that makes it the same request
   * @throws CrosspointError http.bad-request (the key), http.idempotency-mismatch; what `run` throws
   */
  once(owner: string, key: string | undefined, request: unknown, run: () => Promise<T>): Promise<T> {
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
    if (!kept) return this.#keep(id, fingerprint, run());
    if (kept.fingerprint === fingerprint) return kept.result;
    throw new CrosspointError('http.idempotency-mismatch', 'That Idempotency-Key was used for another request');
  }

  #keep(id: string, fingerprint: string, result: Promise<T>): Promise<T> {
    const kept = { fingerprint, result, at: this.#clock.monotonic() };
    this.#kept.set(id, kept);
    result.catch(() => {
      if (this.#kept.get(id) === kept) this.#kept.delete(id);
    });
    return result;
  }

  #forgetOld(): void {
    const before = this.#clock.monotonic() - KEPT_MS;
    for (const [id, { at }] of this.#kept) {
      if (at >= before && this.#kept.size < MAX_KEPT) return;
      this.#kept.delete(id);
    }
  }
}
