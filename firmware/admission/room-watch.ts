import type { RoomFigures, RoomLimits, RoomReason } from './reasons.ts';

/**
 * Whether one reason holds.
 *
 *     room ── beyond the threshold, `looks` times in a row ─▶ none
 *       ▲                                                      │
 *       └────────── at `ends` of the threshold, once ──────────┘
 *
 * A figure that cannot be had changes nothing.
 */
export class RoomWatch {
  readonly reason: RoomReason;
  readonly #threshold: number;
  #beyond = 0;
  #holds = false;
  #measured: number | null = null;

  constructor(reason: RoomReason, limits: RoomLimits) {
    this.reason = reason;
    this.#threshold = reason.threshold(limits);
  }

  get holds(): boolean {
    return this.#holds;
  }

  /** What was found at the last look, and what it was compared with. */
  get found(): { readonly measured: number | null; readonly threshold: number } {
    return { measured: this.#measured, threshold: this.#threshold };
  }

  /** @returns whether it holds now and did not before, or the other way round */
  look(figures: RoomFigures): boolean {
    const { reason } = this;
    this.#measured = reason.measure(figures);
    if (this.#measured === null) return false;
    const before = this.#holds;
    if (this.#isBeyond(this.#measured, this.#threshold)) this.#beyond += 1;
    else this.#beyond = 0;
    if (this.#beyond >= reason.looks) this.#holds = true;
    else if (!this.#isBeyond(this.#measured, this.#threshold * reason.ends)) this.#holds = false;
    return this.#holds !== before;
  }

  #isBeyond(measured: number, threshold: number): boolean {
    return this.reason.sense === 'above' ? measured > threshold : measured < threshold;
  }
}
