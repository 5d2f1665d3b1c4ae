import { CrosspointError } from '../base/errors.ts';
import type { ProjectId } from '../base/ids.ts';
import type { CallEvent } from '../calls/events.ts';
import { isArchiveEvent, isCallEvent, isRecordingEvent, projectOf } from './envelope.ts';
import type { DomainEvent } from './event-recorder.ts';
import type { WebhookAddress } from './webhooks/webhook-address.ts';

type MuteChanged = Extract<CallEvent, { type: 'callMuteChanged' }>;

/** Where a project wants to be told. */
export interface ProjectWebhooks {
  readonly sipMonitoringUrl?: string | null | undefined;
  readonly sessionMonitoringUrl?: string | null | undefined;
  /** Signs what is sent to them, and to what the project registers. */
  readonly webhookSecret?: string | null | undefined;
  /** With scripts, or without. */
  readonly kind?: 'opentok' | 'vonage' | 'twilio';
  /** Signs, as Twilio does, what its scripts tell. */
  readonly authToken?: string;
}

/** The broker, as a target in the outbox. */
export const MQTT_TARGET = 'mqtt';

/**
 * Names of webhook targets and their URLs. The outbox holds names, not URLs: a URL that is corrected in the
 * configuration serves what waits already, and credentials in it are not stored.
 *
 * @throws CrosspointError monitoring.bad-url
 */
export function webhookTargets(projects: ReadonlyMap<ProjectId, ProjectWebhooks>): Map<string, WebhookAddress> {
  const targets = new Map<string, WebhookAddress>();
  for (const [project, webhooks] of projects) {
    const { sipMonitoringUrl, sessionMonitoringUrl, webhookSecret: secret = null, kind = 'opentok' } = webhooks;
    const address = (kind: WebhookAddress['kind'], url: string) => ({
      project,
      kind,
      url: parseUrl(url, project),
      secret,
    });
    if (sipMonitoringUrl) targets.set(callTarget(project), address('call', sipMonitoringUrl));
    if (sessionMonitoringUrl) targets.set(sessionTarget(project), address('session', sessionMonitoringUrl));
    if (kind !== 'opentok') {
      const { authToken = null } = webhooks;
      targets.set(scriptTarget(project), { project, kind: 'script', url: null, secret, authToken });
    }
  }
  return targets;
}

const MQTT_ALONE: ReadonlySet<DomainEvent['type']> = new Set([
  'callMediaChanged',
  'callDigit',
  'callPlayEnded',
  'scriptWarned',
]);

/** Who must be told of an event. */
export function targetsOf(event: DomainEvent, webhooks: ReadonlyMap<string, unknown>): string[] {
  // CONTRACT §1.12 and §1.13 know no such events: they are for who watches the box, or has registered for them.
  if (event.type === 'callMuteChanged' && !isForced(event)) return [MQTT_TARGET];
  if (MQTT_ALONE.has(event.type) || isRecordingEvent(event) || isArchiveEvent(event)) return [MQTT_TARGET];
  if (event.type === 'lastWordsKept') return [];
  const project = projectOf(event);
  if (event.type === 'applicationTold') return webhooks.has(scriptTarget(project)) ? [scriptTarget(project)] : [];
  const webhook = isCallEvent(event) ? callTarget(project) : sessionTarget(project);
  return webhooks.has(webhook) ? [MQTT_TARGET, webhook] : [MQTT_TARGET];
}

/** The one mute that CONTRACT §1.12 knows: muteForced. */
export function isForced({ muted, by }: Pick<MuteChanged, 'muted' | 'by'>): boolean {
  return muted && by === 'moderator';
}

function callTarget(project: ProjectId): string {
  return `webhook:call:${project}`;
}

function sessionTarget(project: ProjectId): string {
  return `webhook:session:${project}`;
}

/** One for all that a project's scripts tell: each telling has an address of its own. */
function scriptTarget(project: ProjectId): string {
  return `webhook:script:${project}`;
}

/** The URL stays out of the message: it may hold a password. */
function parseUrl(text: string, project: ProjectId): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new CrosspointError('monitoring.bad-url', `A monitoring URL of project ${project} is not an http(s) URL.`);
}
