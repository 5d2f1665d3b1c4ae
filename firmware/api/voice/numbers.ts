import type { Projects } from '../../config/projects.ts';
import type { Application } from '../../scripts/leader.ts';
import { numberApplication } from './application.ts';
import { withoutPlus } from './endpoint.ts';
import { recordingUrlAt } from './recording-url.ts';

/** The applications of the numbers that NCCOs answer, by number without "+". */
export function voiceNumbers(projects: Projects, origin: string): ReadonlyMap<string, Application> {
  const recordingUrl = recordingUrlAt(origin);
  const all = [...projects.values()].flatMap(project => {
    const numbers = project.kind === 'vonage' ? (project.numbers ?? []) : [];
    return numbers.map(
      number => [withoutPlus(number.msisdn), numberApplication(project, number, recordingUrl)] as const,
    );
  });
  return new Map(all);
}
