import type { VonageProject } from '../../config/projects.ts';
import type { VoiceNumber } from '../../config/voice-schema.ts';
import type { Application } from '../../scripts/leader.ts';
import type { WebTarget } from '../../scripts/web.ts';
import { withoutPlus } from '../../trunks/own-numbers/msisdn.ts';
import { VoiceLeader, type VoiceTerms } from './leader.ts';

/** The application of one of a project's numbers: for `ScriptsPort.take`. */
export function numberApplication(
  project: Pick<VonageProject, 'id'>,
  number: VoiceNumber,
  recordingUrl: VoiceTerms['recordingUrl'],
): Application {
  const { msisdn, answerUrl, answerMethod } = number;
  return application(project, {
    first: { url: answerUrl, method: answerMethod },
    ...webhooksOf(number),
    from: null,
    to: withoutPlus(msisdn),
    recordingUrl,
  });
}

export function application({ id }: Pick<VonageProject, 'id'>, terms: VoiceTerms): Application {
  return { project: id, lead: call => new VoiceLeader(terms, call) };
}

/** Where a number's events are told, and what is asked when its NCCOs cannot be had. */
export function webhooksOf(number: VoiceNumber): {
  readonly events: WebTarget | null;
  readonly fallback: WebTarget | null;
} {
  const { eventUrl, eventMethod, fallbackUrl, answerMethod } = number;
  return {
    events: eventUrl === undefined ? null : { url: eventUrl, method: eventMethod },
    fallback: fallbackUrl === undefined ? null : { url: fallbackUrl, method: answerMethod },
  };
}
