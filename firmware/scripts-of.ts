import { twilioNumbers } from './api/twilio/numbers.ts';
import { voiceNumbers } from './api/voice/numbers.ts';
import type { ProjectId } from './base/ids.ts';
import type { CallContext } from './calls/call-context.ts';
import { DEVICE_PROJECT, type Projects } from './config/projects.ts';
import type { Config } from './config/schema.ts';
import type { Outside } from './outside-of.ts';
import { pinApplication } from './scripts/pin/pin-application.ts';
import type { PinBook } from './scripts/pin/pin-book.ts';
import { Scripts } from './scripts/scripts.ts';
import type { Recordings } from './sessions/recordings/recordings.ts';
import { numberTarget, numberUri } from './trunks/number-uri.ts';
import { withoutPlus } from './trunks/own-numbers/msisdn.ts';
import type { OwnNumber, OwnNumbers } from './trunks/own-numbers/own-number.ts';

export interface ScriptsParts {
  readonly context: CallContext;
  readonly outside: Outside;
  readonly recordings: Recordings;
  readonly projects: Projects;
  readonly pins: PinBook;
  /** Where applications reach the box, without a path. */
  readonly origin: string;
}

export interface BoxScripts {
  readonly scripts: Scripts;
  /** Those that applications answer. */
  readonly numbers: OwnNumbers;
  /** Asks for the PINs of a tenant, or of the box for anybody's. */
  readonly pinNumber: (project: ProjectId) => OwnNumber;
  /** The forward target of a number on the telephone network. @throws CrosspointError as `numberUri` */
  readonly numberTarget: (project: ProjectId, number: string) => string;
}

/** Calls that scripts lead, and the numbers that those answer. */
export function scriptsOf(
  config: Config,
  { context, outside, recordings, projects, pins, origin }: ScriptsParts,
): BoxScripts {
  const { trunks } = config;
  const via = (project: ProjectId) => projects.get(project)?.numbersVia ?? config.numbersVia;
  const isOwn = (number: string) => numbers.find(withoutPlus(number)) !== null;
  const scripts: Scripts = new Scripts({
    context,
    ...outside,
    recordings,
    tenant: project => tenantOf(projects, project),
    numberUri: (project, number) => numberUri({ trunks, via, isOwn }, project, number),
  });
  const answered = new Map([...voiceNumbers(projects, scripts, origin), ...twilioNumbers(projects, scripts, origin)]);
  const numbers: OwnNumbers = { find: msisdn => answered.get(msisdn) ?? null };
  return {
    scripts,
    numbers,
    pinNumber: project => {
      const pinsOf = project === DEVICE_PROJECT ? null : tenantOf(projects, project);
      const { language } = config.speech;
      const application = pinApplication({ project, pinsOf, book: pins, language });
      return { project, take: (invite, terms) => scripts.take(invite, application, terms) };
    },
    numberTarget: (project, number) => numberTarget({ trunks, via }, project, number),
  };
}

/** Ids whose sessions are open to a script; PINs of the box lead into those of all tenants. */
function tenantOf(projects: Projects, project: ProjectId): readonly ProjectId[] {
  if (project === DEVICE_PROJECT) return [DEVICE_PROJECT, ...projects.keys()];
  return [project, ...(projects.get(project)?.siblings ?? [])];
}
