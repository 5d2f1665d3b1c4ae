import type { Clock } from '../../base/clock.ts';
import type { Source, TransportName } from './hop.ts';
import { Recent } from './recent.ts';

/** Asking the owner's lists takes 2 to 7 µs (1 to 1,000 ranges), all else that we do for a stranger's datagram 1 µs. */
const MAX_SOURCES = 4096;
/** Trunks come and go, their names change addresses: how long an answer may be out of date. */
const KEPT_MS = 2000;

interface Answer {
  readonly trusted: boolean;
  readonly untilMs: number;
}

/** Remembers which addresses are trusted, for each transport, for two seconds. The port plays no part. */
export class TrustCache {
  readonly #clock: Clock;
  readonly #isTrusted: (source: Source) => boolean;
  readonly #answers: Record<TransportName, Recent<Answer>>;

  constructor(clock: Clock, isTrusted: (source: Source) => boolean) {
    this.#clock = clock;
    this.#isTrusted = isTrusted;
    this.#answers = { udp: new Recent(MAX_SOURCES), tcp: new Recent(MAX_SOURCES), tls: new Recent(MAX_SOURCES) };
  }

  isTrusted(source: Source): boolean {
    const answers = this.#answers[source.transport];
    const nowMs = this.#clock.monotonic();
    const known = answers.get(source.address);
    if (known && known.untilMs > nowMs) return known.trusted;
    const trusted = this.#isTrusted(source);
    answers.set(source.address, { trusted, untilMs: nowMs + KEPT_MS });
    return trusted;
  }

  /** The lists have changed: ask again. */
  clear(): void {
    for (const answers of Object.values(this.#answers)) answers.clear();
  }
}
