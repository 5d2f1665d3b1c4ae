import type { ProjectId } from '../base/ids.ts';
import type { AccountNumber } from './account-schema.ts';
import { ApplicationKey } from './application-key.ts';
import type { PolicyConfig } from './policy-schema.ts';
import type { Config } from './schema.ts';
import type { Secrets } from './secrets.ts';
import type { VoiceNumber } from './voice-schema.ts';

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
  /** Other ids of the same tenant: their sessions are open to its scripts; absent: none. */
  readonly siblings?: readonly ProjectId[];
  /** Trunk over which its scripts call numbers; absent: the box's. */
  readonly numbersVia?: string;
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
  /** The login of SIP calls to its numbers; absent: none is asked for. */
  readonly account?: { readonly apiKey: string; readonly apiSecret: string };
  /** Those that its scripts answer; absent: none. */
  readonly numbers?: readonly VoiceNumber[];
}

/** It bears a token that the box shares (CONTRACT §4); it has no session API of its own. */
export interface TwilioProject extends Tenant {
  readonly kind: 'twilio';
  readonly authToken: string;
  readonly numbers: readonly AccountNumber[];
}

/** Those that make sessions and participant tokens. */
export type SessionProject = OpentokProject | VonageProject;

export type Project = SessionProject | TwilioProject;

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
type ProjectEntry = Pick<Entry, 'webhookSecret' | 'policy' | 'numbersVia'> & {
  readonly opentok?: Entry['opentok'];
  readonly vonage?: Partial<Pick<VonageEntry, 'numbers'>> & Omit<VonageEntry, 'numbers'>;
  readonly twilio?: Entry['twilio'];
  readonly clientsMayDial?: boolean;
};
type VonageEntry = NonNullable<Entry['vonage']>;

/** One for each kind that the entry has. */
function projectOf({ opentok, vonage, twilio, ...rest }: ProjectEntry): Project[] {
  const { webhookSecret, policy, numbersVia, clientsMayDial = false } = rest;
  const common = {
    ...(webhookSecret && { webhookSecret }),
    ...(policy && { policy }),
    ...(clientsMayDial && { clientsMayDial }),
    ...(numbersVia !== undefined && { numbersVia }),
  };
  const projects: Project[] = [
    ...(opentok ? [{ ...opentokProject(opentok), ...common }] : []),
    ...(vonage ? [{ ...vonageProject(vonage), ...common }] : []),
    ...(twilio ? [{ ...twilioProject(twilio), ...common }] : []),
  ];
  const ids = projects.map(({ id }) => id);
  return ids.length < 2
    ? projects
    : projects.map(project => ({ ...project, siblings: ids.filter(id => id !== project.id) }));
}

function opentokProject(entry: NonNullable<Entry['opentok']>): OpentokProject {
  const { apiKey, apiSecret } = entry;
  return { kind: 'opentok', id: apiKey as ProjectId, secret: apiSecret, ...monitoringOf(entry) };
}

function vonageProject(entry: NonNullable<ProjectEntry['vonage']>): VonageProject {
  const { applicationId, publicKeyFile, apiKey, apiSecret, numbers = [] } = entry;
  return {
    kind: 'vonage',
    id: applicationId as ProjectId,
    publicKey: new ApplicationKey(publicKeyFile),
    ...(apiKey !== undefined && apiSecret !== undefined && { account: { apiKey, apiSecret } }),
    ...(numbers.length > 0 && { numbers }),
    ...monitoringOf(entry),
  };
}

function twilioProject({ accountSid, authToken, numbers }: NonNullable<Entry['twilio']>): TwilioProject {
  return { kind: 'twilio', id: accountSid as ProjectId, authToken, numbers, ...monitoringOf({}) };
}

interface Monitoring {
  readonly sipMonitoringUrl?: string;
  readonly sessionMonitoringUrl?: string;
}

function monitoringOf({ sipMonitoringUrl, sessionMonitoringUrl }: Monitoring) {
  return { sipMonitoringUrl: sipMonitoringUrl ?? null, sessionMonitoringUrl: sessionMonitoringUrl ?? null };
}
