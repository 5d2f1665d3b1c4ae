import type { AccountNumber } from '../config/account-schema.ts';
import type { Project, Projects, TwilioProject, VonageProject } from '../config/projects.ts';
import type { VoiceNumber } from '../config/voice-schema.ts';
import type { ApplicationNumbers } from '../scripts/application-numbers.ts';
import type { Application } from '../scripts/leader.ts';
import { withoutPlus } from '../trunks/own-numbers/msisdn.ts';

/** How the numbers of each kind of project become applications. */
export interface ApplicationMakers {
  vonage(project: VonageProject, number: VoiceNumber): Application;
  twilio(project: TwilioProject, number: AccountNumber): Application;
}

type Maker = () => Application;

/** The numbers of the configured projects; each application is made when its number is first called. */
export function applicationNumbersOf(projects: Projects, makers: ApplicationMakers): ApplicationNumbers {
  const made = new Map<string, Application>();
  const known = new Map([...projects.values()].flatMap(project => numbersOf(project, makers)));
  return {
    find: msisdn => {
      const before = made.get(msisdn);
      if (before) return before;
      const application = known.get(msisdn)?.() ?? null;
      if (application) made.set(msisdn, application);
      return application;
    },
  };
}

function numbersOf(project: Project, makers: ApplicationMakers): [string, Maker][] {
  switch (project.kind) {
    case 'vonage':
      return (project.numbers ?? []).map(number => [withoutPlus(number.msisdn), () => makers.vonage(project, number)]);
    case 'twilio':
      return project.numbers.map(number => [withoutPlus(number.msisdn), () => makers.twilio(project, number)]);
    case 'opentok':
      return [];
    default:
      return project satisfies never;
  }
}
