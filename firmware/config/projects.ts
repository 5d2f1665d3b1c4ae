import type { ProjectId } from '../base/ids.ts';
import type { PolicyConfig } from './policy-schema.ts';
import type { Config } from './schema.ts';
import type { Secrets } from './secrets.ts';

/** Whose the box's own rooms are. No credential belongs to it, so no tenant can have it or see into it. */
export const DEVICE_PROJECT = 'device' as ProjectId;

/** A tenant. */
export interface Project {
  /** What applications call their key. */
  readonly id: ProjectId;
  readonly secret: string;
  readonly sipMonitoringUrl: string | null;
  readonly sessionMonitoringUrl: string | null;
  /** Signs what its webhooks are sent; absent: nothing is signed. */
  readonly webhookSecret?: string;
  /** What its calls out may do, beside the box's own policy; absent: nothing of its own. */
  readonly policy?: PolicyConfig;
  /** Whether moderators in the browser may place calls; default false. */
  readonly clientsMayDial?: boolean;
}

export type Projects = ReadonlyMap<ProjectId, Project>;

/** The configured tenants, or the generated first one when the configuration has no `projects`. */
export function projectsOf(config: { readonly projects?: readonly ProjectEntry[] }, secrets: Secrets): Projects {
  const entries: readonly ProjectEntry[] = config.projects ?? [{ opentok: secrets.project }];
  return new Map(entries.map(projectOf));
}

type Entry = NonNullable<Config['projects']>[number];
type ProjectEntry = Omit<Entry, 'clientsMayDial'> & Partial<Pick<Entry, 'clientsMayDial'>>;

function projectOf({ opentok, webhookSecret, policy, clientsMayDial = false }: ProjectEntry): [ProjectId, Project] {
  const { apiKey, apiSecret, sipMonitoringUrl = null, sessionMonitoringUrl = null } = opentok;
  const id = apiKey as ProjectId;
  return [
    id,
    {
      id,
      secret: apiSecret,
      sipMonitoringUrl,
      sessionMonitoringUrl,
      ...(webhookSecret && { webhookSecret }),
      ...(policy && { policy }),
      ...(clientsMayDial && { clientsMayDial }),
    },
  ];
}
