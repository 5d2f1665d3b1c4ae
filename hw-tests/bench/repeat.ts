/** One attempt: what it measured, or why it does not count. */
export type Attempt<Run> = { readonly run: Run } | { readonly thrownAway: string };

export interface Repeated<Run> {
  readonly runs: readonly Run[];
  /** A reason for each run that did not count. */
  readonly thrownAway: readonly string[];
}

/** How many runs are thrown away before it is given up. */
const PATIENCE = 3;

/** Repeats until `wanted` runs count; a machine that is always too busy gets no figure. */
export async function repeat<Run>(wanted: number, attempt: () => Promise<Attempt<Run>>): Promise<Repeated<Run>> {
  const runs: Run[] = [];
  const thrownAway: string[] = [];
  while (runs.length < wanted && thrownAway.length < PATIENCE) {
    const result = await attempt();
    if ('run' in result) runs.push(result.run);
    else thrownAway.push(result.thrownAway);
  }
  return { runs, thrownAway };
}
