import path from 'node:path';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Config } from './config/schema.ts';
import type { Running } from './lifecycle.ts';
import { WebClient } from './scripts/fetch/web-client.ts';
import { WebDocuments } from './scripts/fetch/web-documents.ts';
import { WebSounds, type WebSoundsOptions } from './scripts/fetch/web-sounds.ts';
import type { Documents, Sounds, Speech } from './scripts/ports.ts';
import { Tellings, type TellingsOptions } from './scripts/tellings.ts';
import { Espeak } from './speech/espeak.ts';
import { Spoken } from './speech/spoken.ts';

export interface OutsideParts extends Pick<WebSoundsOptions, 'own'> {
  readonly stateDir: string;
  readonly events: TellingsOptions['events'];
  readonly clock: Clock;
  readonly log: Log;
}

/** All that scripts need of what is not a call: applications' servers, and a voice. */
export interface Outside extends Running {
  readonly documents: Documents;
  readonly sounds: Sounds;
  readonly speech: Speech;
  readonly tell: Tellings;
  start(): Promise<void>;
  close(): Promise<void>;
}

export function outsideOf(config: Config, { stateDir, events, clock, log, own }: OutsideParts): Outside {
  const client = new WebClient({ allowPrivateTargets: config.allowPrivateTargets, clock });
  const sounds = new WebSounds({
    client,
    clock,
    directory: path.join(stateDir, 'sounds'),
    maxBytes: config.sounds.cacheBytes,
    maxSoundBytes: config.sounds.maxBytes,
    ...(own && { own }),
  });
  const { language, maxCharacters, cacheBytes } = config.speech;
  const directory = path.join(stateDir, 'speech');
  const speech = new Spoken({
    provider: new Espeak({ clock }),
    directory,
    maxBytes: cacheBytes,
    language,
    maxCharacters,
    log,
  });
  return {
    documents: new WebDocuments({ client }),
    sounds,
    speech,
    tell: new Tellings({ events, clock }),
    start: async () => {
      sounds.start();
      await speech.start();
    },
    close: async () => {
      sounds.close();
      speech.close();
      await client.close();
    },
  };
}
