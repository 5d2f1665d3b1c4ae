import { voiceNumbers } from './api/voice/numbers.ts';
import type { CallContext } from './calls/call-context.ts';
import type { Projects } from './config/projects.ts';
import type { Config } from './config/schema.ts';
import type { Outside } from './outside-of.ts';
import { Scripts } from './scripts/scripts.ts';
import type { Recordings } from './sessions/recordings/recordings.ts';
import { numberUri } from './trunks/number-uri.ts';
import type { OwnNumbers } from './trunks/own-numbers/own-number.ts';

export interface ScriptsParts {
  readonly context: CallContext;
  readonly outside: Outside;
  readonly recordings: Recordings;
  readonly projects: Projects;
  /** Where applications reach the box, without a path. */
  readonly origin: string;
}

/** Calls that documents of applications lead, and the numbers that those answer. */
export function scriptsOf(
  config: Config,
  { context, outside, recordings, projects, origin }: ScriptsParts,
): { readonly scripts: Scripts; readonly numbers: OwnNumbers } {
  const scripts: Scripts = new Scripts({
    context,
    ...outside,
    recordings,
    tenant: project => [project, ...(projects.get(project)?.siblings ?? [])],
    numberUri: (project, number) =>
      numberUri(
        {
          trunks: config.trunks,
          via: each => projects.get(each)?.numbersVia ?? config.numbersVia,
          isOwn: each => numbers.find(each) !== null,
        },
        project,
        number,
      ),
  });
  const answered = voiceNumbers(projects, scripts, origin);
  const numbers: OwnNumbers = { find: number => answered.get(number.replace(/^\+/, '')) ?? null };
  return { scripts, numbers };
}
