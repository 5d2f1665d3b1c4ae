import type { Clock } from '../../base/clock.ts';
import type { Source } from './hop.ts';
import { Recent } from './recent.ts';
import { networkOf } from './source-network.ts';

/** How much strangers may make us work. */
export interface AnswerLimits {
  /** Requests of one source that are looked into, each second, and at once after a pause. */
  readonly perSecond: number;
  readonly burst: number;
  /** The same for all sources together: UDP addresses can be forged, a million of them as well as one. */
  readonly perSecondInAll: number;
  readonly maxSources: number;
}

export const ANSWER_LIMITS: AnswerLimits = { perSecond: 20, burst: 40, perSecondInAll: 1000, maxSources: 4096 };

interface Bucket {
  tokens: number;
  atMs: number;
}

/** A token bucket for each source that is no trunk, and one for all of them. */
export class AnswerRate {
  readonly #clock: Clock;
  readonly #limits: AnswerLimits;
  readonly #sources: Recent<Bucket>;
  readonly #all: Bucket;

  constructor(clock: Clock, limits: AnswerLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#sources = new Recent(limits.maxSources);
    this.#all = { tokens: limits.perSecondInAll, atMs: clock.monotonic() };
  }

  /** @returns false when that source, or all together, have had their share */
  take(source: Source): boolean {
    const { perSecond, burst, perSecondInAll } = this.#limits;
    const nowMs = this.#clock.monotonic();
    const key = networkOf(source.address);
    let bucket = this.#sources.get(key);
    if (!bucket) {
      bucket = { tokens: burst, atMs: nowMs };
      this.#sources.set(key, bucket);
    }
    refill(bucket, nowMs, perSecond, burst);
    refill(this.#all, nowMs, perSecondInAll, perSecondInAll);
    if (bucket.tokens < 1 || this.#all.tokens < 1) return false;
    bucket.tokens -= 1;
    this.#all.tokens -= 1;
    return true;
  }

  /** It proved who it is: a PBX behind a changing address may place as many calls as its policy lets it. */
  proved(source: Source): void {
    this.#sources.delete(networkOf(source.address));
    this.#all.tokens += 1;
  }
}

function refill(bucket: Bucket, nowMs: number, perSecond: number, most: number): void {
  bucket.tokens = Math.min(most, bucket.tokens + ((nowMs - bucket.atMs) * perSecond) / 1000);
  bucket.atMs = nowMs;
}
