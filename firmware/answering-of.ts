import { applicationNumbersOf } from './api/application-numbers-of.ts';
import { publicUrlOf } from './api/public-url.ts';
import { twilioNumber } from './api/twilio/application.ts';
import { numberApplication } from './api/voice/application.ts';
import { recordingUrlAt } from './api/voice/recording-url.ts';
import type { Clock } from './base/clock.ts';
import type { ProjectId } from './base/ids.ts';
import type { Log } from './base/log.ts';
import type { Calls } from './calls/calls.ts';
import { DEVICE_PROJECT, type Projects } from './config/projects.ts';
import type { Config } from './config/schema.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Monitoring } from './monitoring/monitoring.ts';
import { scriptedNumbers } from './scripts/application-numbers.ts';
import { pinApplication } from './scripts/pin/pin-application.ts';
import type { PinBook } from './scripts/pin/pin-book.ts';
import type { Scripts } from './scripts/scripts.ts';
import { scriptsOf } from './scripts-of.ts';
import type { Recordings } from './sessions/recordings/recordings.ts';
import type { Store } from './store/store.ts';
import { typedDocuments } from './store/typed-documents.ts';
import { numberTarget, numberUri } from './trunks/number-uri.ts';
import { withoutPlus } from './trunks/own-numbers/msisdn.ts';
import { isNumberForward, type NumberForward, NumberForwards } from './trunks/own-numbers/number-forwards.ts';
import type { OwnNumber, OwnNumbers } from './trunks/own-numbers/own-number.ts';

export interface AnsweringParts {
  readonly lifecycle: Pick<Lifecycle, 'run'>;
  readonly stateDir: string;
  readonly projects: Projects;
  readonly store: Store;
  readonly calls: Calls;
  readonly recordings: Recordings;
  readonly monitoring: Monitoring;
  readonly pins: PinBook;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who answers numbers that lead to no phone, and how scripts call others. */
export interface Answering {
  readonly scripts: Scripts;
  /** Numbers of applications. */
  readonly owned: OwnNumbers;
  /** Numbers that were led elsewhere at run time. */
  readonly forwards: NumberForwards;
  /** A number of that project at which a PIN leads into a session. */
  pins(project: ProjectId): OwnNumber;
  numberTarget(project: ProjectId, number: string): string;
  /** How applications reach the box, without "/" at its end. */
  readonly origin: string;
}

export async function answeringOf(config: Config, parts: AnsweringParts): Promise<Answering> {
  const { lifecycle, stateDir, projects, store, calls, recordings, monitoring, pins, clock, log } = parts;
  const forwards = new NumberForwards({
    store: typedDocuments<NumberForward>(store.numberForwards, isNumberForward, log),
    clock,
  });
  await lifecycle.run(forwards);
  const via = (project: ProjectId) => projects.get(project)?.numbersVia ?? config.numbersVia;
  const isOwn = (number: string) => owned.find(withoutPlus(number)) !== null;
  const origin = publicUrlOf(config.http);
  const scripts = await scriptsOf(config, {
    lifecycle,
    stateDir,
    projects,
    context: calls.context,
    recordings,
    origin,
    events: monitoring.recorder,
    numberUri: (project, number) => numberUri({ trunks: config.trunks, via, isOwn }, project, number),
    clock,
    log,
  });
  const applications = applicationNumbersOf(projects, {
    vonage: (project, number) => numberApplication(project, number, recordingUrlAt(origin)),
    twilio: (project, number) => twilioNumber(project, number, origin),
  });
  const owned = scriptedNumbers(applications, () => scripts);
  const pinned = (project: ProjectId) =>
    pinApplication({
      project,
      pinsOf: project === DEVICE_PROJECT ? null : [project, ...(projects.get(project)?.siblings ?? [])],
      book: pins,
      language: config.speech.language,
    });
  return {
    scripts,
    owned,
    forwards,
    pins: project => ({ project, take: (invite, terms) => scripts.take(invite, pinned(project), terms) }),
    numberTarget: (project, number) => numberTarget({ trunks: config.trunks, via }, project, number),
    origin,
  };
}
