export interface Backoff {
  readonly firstMs: number;
  readonly lastMs: number;
}

/**
 * How long to wait after the nth failure in a row (n from 1): doubling, and up to a fifth less by chance, so that many
 * boxes do not come back to a mended server in the same moment.
 *
 * @param random 0 ≤ random < 1
 */
export function backoffMs(failures: number, { firstMs, lastMs }: Backoff, random: number): number {
  const full = Math.min(lastMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full * (1 - random / 5));
}
