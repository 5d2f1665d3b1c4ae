interface Uses {
  readonly madeAt: number;
  top: number;
  /** Bit n: the count `top - n` was used. */
  seen: number;
}

/** Requests overtake each other, but not by more; 32 is what one integer holds. */
const WINDOW = 32;

/**
 * Which counts of which nonces were used (RFC 7616 §5.12), in bounded memory. When it is full the nonce used first is
 * dropped, and nonces made no later than that one count as used up: forgetting never makes a replay pass.
 */
export class NonceTable {
  readonly #max: number;
  readonly #nonces = new Map<string, Uses>();
  #floor = Number.NEGATIVE_INFINITY;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#nonces.size;
  }

  /** Whether this count is new; it is used now. */
  use(nonce: string, madeAt: number, count: number): boolean {
    if (count < 1) return false;
    const known = this.#nonces.get(nonce);
    if (known) return isNew(known, count);
    if (madeAt <= this.#floor) return false;
    const [oldest] = this.#nonces;
    if (oldest && this.#nonces.size >= this.#max) this.#drop(...oldest);
    this.#nonces.set(nonce, { madeAt, top: count, seen: 1 });
    return true;
  }

  /** Drops those at the head that were made before `time`, which nobody accepts any more. */
  forget(time: number): void {
    for (const [nonce, { madeAt }] of this.#nonces) {
      if (madeAt >= time) return;
      this.#nonces.delete(nonce);
    }
  }

  #drop(nonce: string, { madeAt }: Uses): void {
    this.#nonces.delete(nonce);
    this.#floor = Math.max(this.#floor, madeAt);
  }
}

function isNew(uses: Uses, count: number): boolean {
  const ahead = count - uses.top;
  if (ahead > 0) {
    uses.seen = ahead < WINDOW ? (uses.seen << ahead) | 1 : 1;
    uses.top = count;
    return true;
  }
  if (ahead <= -WINDOW || (uses.seen & (1 << -ahead)) !== 0) return false;
  uses.seen |= 1 << -ahead;
  return true;
}
