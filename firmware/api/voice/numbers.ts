import type { Projects } from '../../config/projects.ts';
import type { ScriptsPort } from '../../scripts/scripts-port.ts';
import type { OwnNumber } from '../../trunks/own-numbers/own-number.ts';
import { numberApplication } from './application.ts';
import { withoutPlus } from './endpoint.ts';
import { recordingUrlAt } from './recording-url.ts';

/** The numbers that NCCOs answer, without "+". */
export function voiceNumbers(
  projects: Projects,
  scripts: Pick<ScriptsPort, 'take'>,
  origin: string,
): Map<string, OwnNumber> {
  const recordingUrl = recordingUrlAt(origin);
  return new Map(
    [...projects.values()].flatMap(project =>
      project.kind !== 'vonage'
        ? []
        : (project.numbers ?? []).map((number): [string, OwnNumber] => {
            const application = numberApplication(project, number, recordingUrl);
            const take: OwnNumber['take'] = (invite, terms) => scripts.take(invite, application, terms);
            return [withoutPlus(number.msisdn), { project: project.id, take }];
          }),
    ),
  );
}
