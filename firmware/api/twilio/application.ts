import type { AccountNumber } from '../../config/account-schema.ts';
import type { TwilioProject } from '../../config/projects.ts';
import type { Application } from '../../scripts/leader.ts';
import { type LeaderSettings, TwilioLeader } from './leader.ts';

/** What leads a call that was asked for with those settings. */
export function twilioApplication(project: TwilioProject, settings: LeaderSettings, publicUrl: string): Application {
  return {
    project: project.id,
    lead: call => new TwilioLeader({ project, call, settings, publicUrl }),
  };
}

/** What leads calls to one of the account's numbers. */
export function twilioNumber(project: TwilioProject, number: AccountNumber, publicUrl: string): Application {
  const { voiceUrl, voiceMethod, fallbackUrl, fallbackMethod, statusCallback, statusCallbackMethod } = number;
  const fallback = fallbackUrl === undefined ? null : { url: fallbackUrl, method: fallbackMethod };
  return twilioApplication(
    project,
    {
      first: { kind: 'fetch', target: { url: voiceUrl, method: voiceMethod }, fallback },
      fallback,
      events:
        statusCallback === undefined
          ? null
          : { url: statusCallback, method: statusCallbackMethod, events: ['completed'] },
      record: null,
    },
    publicUrl,
  );
}
