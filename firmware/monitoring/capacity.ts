/** What the box carries now, and what it could. */
export interface Capacity {
  readonly calls: number;
  readonly legs: number;
  /** Calls of the usual kind that it could have at a time; null until that is measured. */
  readonly limit: number | null;
}
