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

/** The same for several that are compared: they take turns, so that what the machine does meanwhile meets all alike. */
export async function takeTurns<Run>(
  wanted: number,
  attempts: readonly (() => Promise<Attempt<Run>>)[],
): Promise<Repeated<Run>[]> {
  const results = attempts.map(() => ({ runs: [] as Run[], thrownAway: [] as string[] }));
  const goesOn = ({ runs, thrownAway }: Repeated<Run>) => runs.length < wanted && thrownAway.length < PATIENCE;
  while (results.some(goesOn)) {
    for (const [index, result] of results.entries()) {
      if (!goesOn(result)) continue;
      const attempted = await attempts[index]?.();
      if (attempted === undefined) continue;
      if ('run' in attempted) result.runs.push(attempted.run);
      else result.thrownAway.push(attempted.thrownAway);
    }
  }
  return results;
}
