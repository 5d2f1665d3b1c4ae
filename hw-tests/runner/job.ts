/** One process of the test run: a test file, a plugin test, a check. */
export interface Job {
  readonly name: string;
  readonly group: Group;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds after which the process is killed and counts as failed. */
  readonly limitMs: number;
  /** How its output tells what it counted. */
  readonly counts: 'uvu' | 'last-line' | 'exit-code';
}

/** In the order in which they run. */
export const groups = ['checks', 'unit', 'plugin', 'box', 'pairs', 'quiet', 'long'] as const;
export type Group = (typeof groups)[number];

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Outcome {
  readonly job: Job;
  readonly counts: Counts;
  readonly durationMs: number;
  /** Why it failed, when the tests themselves could not say so. */
  readonly trouble: readonly string[];
  /** The end of what it printed, bounded. */
  readonly output: string;
  /** How it failed beside others, when it passed alone. */
  readonly firstTry?: Outcome;
}
