/** The value below which `share` (0–1) of the values lie; nearest rank. @returns null for no values */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1));
  return sorted[rank] ?? null;
}

/** The middle of the values that were measured; of two middle ones the mean. @returns null when there are none */
export function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter(value => value !== null).sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}
