import type { Clock } from '../../base/clock.ts';
import type { Source } from './hop.ts';
import { TrustCache } from './trust-cache.ts';

/** Where a message's Call-ID must begin for a stranger to be heard; a UDP datagram of ours is far shorter. */
const PEEK_BYTES = 8192;
const CALL_ID = /^(?:call-id|i)[ \t]*:[ \t]*(\S+)/im;

/** What a message may do: begin something, take part in what we hold already, or nothing. */
export type Standing = 'trusted' | 'known' | 'stranger';

/**
 * Silence for strangers: asked before anything is parsed.
 *
 * A source that is not trusted is heard only with a Call-ID that a transaction or dialog of ours holds. Those that we
 * make are random; the others were made by trusted sources. Both owners hold the Call-ID, counted, so that a
 * retransmission after a dialog's end is still heard.
 */
export class Admission {
  readonly #trust: TrustCache;
  readonly #held = new Map<string, number>();

  constructor(clock: Clock, isTrusted: (source: Source) => boolean) {
    this.#trust = new TrustCache(clock, isTrusted);
  }

  trusts(source: Source): boolean {
    return this.#trust.isTrusted(source);
  }

  /** The list of those who are trusted has changed; without a word it takes two seconds to show. */
  trustChanged(): void {
    this.#trust.clear();
  }

  judge(source: Source, message: Buffer): Standing {
    if (this.trusts(source)) return 'trusted';
    if (this.#held.size === 0) return 'stranger';
    const callId = CALL_ID.exec(message.toString('latin1', 0, PEEK_BYTES))?.[1];
    return callId !== undefined && this.#held.has(callId) ? 'known' : 'stranger';
  }

  hold(callId: string): void {
    this.#held.set(callId, (this.#held.get(callId) ?? 0) + 1);
  }

  release(callId: string): void {
    const count = this.#held.get(callId) ?? 0;
    if (count > 1) this.#held.set(callId, count - 1);
    else this.#held.delete(callId);
  }

  get size(): number {
    return this.#held.size;
  }
}
