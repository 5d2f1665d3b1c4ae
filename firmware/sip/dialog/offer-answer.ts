/**
 * One offer at a time (RFC 3264 §4, RFC 6337 §2.2), over INVITE, PRACK and UPDATE alike.
 *
 *     none ── our offer goes out ───▶ ours ── their answer, refusal ──▶ none
 *      └───── their offer comes in ─▶ theirs ── our answer, refusal ──▶ none
 *
 * Apart from that, INVITE transactions do not overlap in either direction (RFC 3261 §14.1).
 */
export class OfferAnswer {
  /** Called when something is over; `change` then looks whether its turn has come. */
  whenFree: (() => void) | null = null;
  #outstanding: 'ours' | 'theirs' | null = null;
  #invite: 'ours' | 'theirs' | null = null;

  /** Whose offer waits for its answer. The first one is marked by the owner of the dialog's INVITE. */
  get outstanding(): 'ours' | 'theirs' | null {
    return this.#outstanding;
  }

  set outstanding(whose: 'ours' | 'theirs' | null) {
    this.#outstanding = whose;
    if (whose === null) this.whenFree?.();
  }

  /** Whose re-INVITE has no final response yet; theirs counts until the ACK of our 2xx. */
  get invite(): 'ours' | 'theirs' | null {
    return this.#invite;
  }

  set invite(whose: 'ours' | 'theirs' | null) {
    this.#invite = whose;
    if (whose === null) this.whenFree?.();
  }

  get free(): boolean {
    return this.#outstanding === null && this.#invite === null;
  }

  /**
   * The status that refuses a new offer or INVITE of the far end; null: let it in. 491 when ours is under way
   * (RFC 3261 §14.2, RFC 3311 §5.2), 500 when an earlier one of theirs is. An INVITE of theirs that was answered, and
   * only lacks its ACK, is in nobody's way.
   */
  refusal(inviteAnswered: boolean): 491 | 500 | null {
    if (this.#outstanding === 'ours' || this.#invite === 'ours') return 491;
    if (this.#outstanding === 'theirs') return 500;
    return this.#invite === 'theirs' && !inviteAnswered ? 500 : null;
  }
}
