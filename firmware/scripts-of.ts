import path from 'node:path';
import { ownRecordingAt } from './api/own-recordings.ts';
import type { Clock } from './base/clock.ts';
import type { ProjectId } from './base/ids.ts';
import type { Log } from './base/log.ts';
import type { CallContext } from './calls/call-context.ts';
import { DEVICE_PROJECT, type Projects } from './config/projects.ts';
import type { Config } from './config/schema.ts';
import type { Lifecycle } from './lifecycle.ts';
import { WebClient } from './scripts/fetch/web-client.ts';
import { WebDocuments } from './scripts/fetch/web-documents.ts';
import { WebSounds } from './scripts/fetch/web-sounds.ts';
import type { ScriptServices } from './scripts/script-services.ts';
import { Scripts } from './scripts/scripts.ts';
import { Tellings, type TellingsOptions } from './scripts/tellings.ts';
import type { Recordings } from './sessions/recordings/recordings.ts';
import { Espeak } from './speech/espeak.ts';
import { Spoken } from './speech/spoken.ts';

export interface ScriptsParts {
  readonly lifecycle: Pick<Lifecycle, 'run'>;
  readonly stateDir: string;
  readonly projects: Projects;
  readonly context: CallContext;
  readonly recordings: Recordings;
  /** By which applications reach the box. */
  readonly origin: string;
  readonly events: TellingsOptions['events'];
  readonly numberUri: ScriptServices['numberUri'];
  readonly clock: Clock;
  readonly log: Log;
}

/** Calls that follow scripts, with all that speaks, plays and fetches for them. */
export async function scriptsOf(config: Config, parts: ScriptsParts): Promise<Scripts> {
  const { lifecycle, stateDir, projects, context, recordings, origin, events, numberUri, clock, log } = parts;
  const client = new WebClient({ allowPrivateTargets: config.allowPrivateTargets, clock });
  const speech = new Spoken({
    provider: new Espeak({ clock }),
    directory: path.join(stateDir, 'speech'),
    maxBytes: config.speech.cacheBytes,
    language: config.speech.language,
    maxCharacters: config.speech.maxCharacters,
    log,
  });
  const sounds = new WebSounds({
    client,
    clock,
    directory: path.join(stateDir, 'sounds'),
    maxBytes: config.sounds.cacheBytes,
    maxSoundBytes: config.sounds.maxBytes,
    own: (url, project) => ownRecordingAt(url, origin, tenantOf(projects, project), recordings),
  });
  await lifecycle.run(speech);
  await lifecycle.run(sounds);
  await lifecycle.run({ close: () => client.close() });
  return new Scripts({
    context,
    speech,
    sounds,
    documents: new WebDocuments({ client }),
    recordings,
    tell: new Tellings({ events, clock }),
    tenant: project => tenantOf(projects, project),
    numberUri,
  });
}

/** PINs of the box lead into the sessions of all tenants. */
function tenantOf(projects: Projects, project: ProjectId): readonly ProjectId[] {
  if (project === DEVICE_PROJECT) return [DEVICE_PROJECT, ...projects.keys()];
  return [project, ...(projects.get(project)?.siblings ?? [])];
}
