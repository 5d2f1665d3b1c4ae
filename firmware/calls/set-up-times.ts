/**
 * What the set-up of a call comes by, in this order; a call that comes in has no `requested` and no `provisional`.
 * `invited`: our INVITE is on the wire, or the caller's is here. `provisional`: the first response, 100 included.
 * `heard`: the first RTP packet of a far end.
 */
export type SetUpStage = 'requested' | 'invited' | 'provisional' | 'ringing' | 'answered' | 'heard';

/** When a call came by the stages of its set-up, by the monotonic clock. */
export class SetUpTimes {
  readonly #at = new Map<SetUpStage, number>();

  /** The first time counts. @param at monotonic milliseconds */
  mark(stage: SetUpStage, at: number): void {
    if (!this.#at.has(stage)) this.#at.set(stage, at);
  }

  /** Seconds, 0 when the later stage came first (RTP before the answer); null when it did not come by both. */
  seconds(from: SetUpStage, to: SetUpStage): number | null {
    const [start, end] = [this.#at.get(from), this.#at.get(to)];
    return start === undefined || end === undefined ? null : Math.max(0, end - start) / 1000;
  }
}
