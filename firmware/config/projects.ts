import type { ProjectId } from '../base/ids.ts';
import { ApplicationKey } from './application-key.ts';
import type { PolicyConfig } from './policy-schema.ts';
import type { Config } from './schema.ts';
import type { Secrets } from './secrets.ts';

/** Whose the box's own rooms are. No credential belongs to it, so no tenant can have it or see into it. */
export const DEVICE_PROJECT = 'device' as ProjectId;

interface Tenant {
  /** What applications call their key, or application id. */
  readonly id: ProjectId;
  readonly sipMonitoringUrl: string | null;
  readonly sessionMonitoringUrl: string | null;
  /** Signs what its webhooks are sent; absent: nothing is signed. */
  readonly webhookSecret?: string;
  /** What its calls out may do, beside the box's own policy; absent: nothing of its own. */
  readonly policy?: PolicyConfig;
  /** Whether moderators in the browser may place calls; default false. */
  readonly clientsMayDial?: boolean;
}

/** It signs with a secret that the box shares (CONTRACT §1). */
export interface OpentokProject extends Tenant {
  readonly kind: 'opentok';
  readonly secret: string;
}

/** It signs with an RSA key of which the box has the public half (CONTRACT §2). */
export interface VonageProject extends Tenant {
  readonly kind: 'vonage';
  readonly publicKey: ApplicationKey;
}

export type Project = OpentokProject | VonageProject;

export type Projects = ReadonlyMap<ProjectId, Project>;

/**
 * The configured tenants, or the generated first one when the configuration has no `projects`.
 * @throws CrosspointError config.key-file
 */
export function projectsOf(config: { readonly projects?: readonly ProjectEntry[] }, secrets: Secrets): Projects {
  const entries: readonly ProjectEntry[] = config.projects ?? [{ opentok: secrets.project }];
  return new Map(entries.flatMap(entry => projectOf(entry)).map(project => [project.id, project]));
}

type Entry = NonNullable<Config['projects']>[number];
type ProjectEntry = Omit<Entry, 'clientsMayDial'> & Partial<Pick<Entry, 'clientsMayDial'>>;

function projectOf({ opentok, vonage, webhookSecret, policy, clientsMayDial = false }: ProjectEntry): Project[] {
  const common = {
    ...(webhookSecret && { webhookSecret }),
    ...(policy && { policy }),
    ...(clientsMayDial && { clientsMayDial }),
  };
  if (opentok) {
    const { apiKey, apiSecret } = opentok;
    return [{ kind: 'opentok', id: apiKey as ProjectId, secret: apiSecret, ...monitoringOf(opentok), ...common }];
  }
  if (!vonage) return [];
  const { applicationId, publicKeyFile } = vonage;
  const publicKey = new ApplicationKey(publicKeyFile);
  return [{ kind: 'vonage', id: applicationId as ProjectId, publicKey, ...monitoringOf(vonage), ...common }];
}

interface Monitoring {
  readonly sipMonitoringUrl?: string;
  readonly sessionMonitoringUrl?: string;
}

function monitoringOf({ sipMonitoringUrl, sessionMonitoringUrl }: Monitoring) {
  return { sipMonitoringUrl: sipMonitoringUrl ?? null, sessionMonitoringUrl: sessionMonitoringUrl ?? null };
}
