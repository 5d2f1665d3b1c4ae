import type { Projects } from '../../config/projects.ts';
import type { ScriptsPort } from '../../scripts/scripts-port.ts';
import { withoutPlus } from '../../trunks/own-numbers/msisdn.ts';
import type { OwnNumber } from '../../trunks/own-numbers/own-number.ts';
import { twilioNumber } from './application.ts';

/** The numbers that TwiML answers, without "+". */
export function twilioNumbers(
  projects: Projects,
  scripts: Pick<ScriptsPort, 'take'>,
  publicUrl: string,
): Map<string, OwnNumber> {
  return new Map(
    [...projects.values()].flatMap(project =>
      project.kind !== 'twilio'
        ? []
        : project.numbers.map((number): [string, OwnNumber] => {
            const application = twilioNumber(project, number, publicUrl);
            const take: OwnNumber['take'] = (invite, terms) => scripts.take(invite, application, terms);
            return [withoutPlus(number.msisdn), { project: project.id, take }];
          }),
    ),
  );
}
