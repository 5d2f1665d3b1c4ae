import type { OwnNumbers } from '../trunks/own-numbers/own-number.ts';
import type { Application } from './leader.ts';
import type { ScriptsPort } from './scripts-port.ts';

/** Which application answers a number. */
export interface ApplicationNumbers {
  /** @param msisdn E.164 without "+", or whatever else was dialled */
  find(msisdn: string): Application | null;
}

/** The numbers of applications, as trunks see them. */
export function scriptedNumbers(applications: ApplicationNumbers, scripts: () => ScriptsPort): OwnNumbers {
  return {
    find: msisdn => {
      const application = applications.find(msisdn);
      return (
        application && {
          project: application.project,
          take: (invite, terms) => scripts().take(invite, application, terms),
        }
      );
    },
  };
}
