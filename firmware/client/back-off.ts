const FIRST_MS = 250;
const LAST_MS = 5_000;

/**
 * Milliseconds to wait before the nth attempt (n from 0): doubling, and half of it by chance, so that the clients of a
 * box that comes back do not all knock in the same moment.
 *
 * @param random 0 ≤ random < 1
 */
export function backOffMs(attempt: number, random: number): number {
  const full = Math.min(LAST_MS, FIRST_MS * 2 ** attempt);
  return Math.round(full / 2 + (full / 2) * random);
}
