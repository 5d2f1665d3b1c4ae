/** What a script may cost, whoever wrote it. */
export const scriptLimits = {
  /** Actions of one call: a loop by redirects ends there. */
  steps: 2_000,
  /** Documents in a row of which none had an action that takes time. */
  hollowDocuments: 10,
  /** Calls that are connected by a call that was connected by a call. */
  depth: 3,
  /** Targets that ring at once. */
  targets: 10,
} as const;
