export interface BackOff {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** RFC 5626 §4.5: doubling, and a random half of it, so that a thousand boxes do not come back at once. */
export const RETRY: BackOff = { firstMs: 1_000, lastMs: 300_000 };
/** After a refusal, which asking again seldom changes and registrars punish. */
export const REFUSED: BackOff = { firstMs: 60_000, lastMs: 1_800_000 };

/**
 * How long to wait after the nth failure in a row (n from 1): half to all of the doubled time.
 * @param random 0 ≤ random < 1
 */
export function backOffMs(failures: number, { firstMs, lastMs }: BackOff, random: number): number {
  const full = Math.min(lastMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full * (0.5 + random / 2));
}
