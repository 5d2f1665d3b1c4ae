import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { AnnouncementsConfig } from '../config/announcements-schema.ts';
import type { MediaLeg } from '../media/media.ts';
import type { Playing } from '../media/players.ts';

/** Lines of pipelines/prompts/<locale>.tsv. */
export type PromptName = 'muted' | 'unmuted' | 'muted-by-moderator';

export interface PromptFile {
  readonly directory: string;
  readonly file: string;
}

const FALLBACK = 'en';

/**
 * What the box says to one caller: the configured language's pack, what is built in of that language, English from its
 * pack, English as built in; the first of them that has the prompt and can be played.
 */
export class Prompts {
  readonly #places: readonly string[];
  readonly #packs: ReadonlySet<string>;
  readonly #log: Log;
  /** The latest of each leg: what came before is not talked over. */
  readonly #playing = new WeakMap<MediaLeg, Playing>();

  /** @param builtIn folder with a folder for each language */
  constructor({ locale, packs }: Pick<AnnouncementsConfig, 'locale' | 'packs'>, builtIn: string, log: Log) {
    const languages = [...new Set([locale, FALLBACK])];
    const packOf = (language: string) =>
      packs.filter(pack => pack.locale === language).map(({ directory }) => path.resolve(directory));
    this.#places = languages.flatMap(language => [...packOf(language), path.join(builtIn, language)]);
    this.#packs = new Set(languages.flatMap(packOf));
    this.#log = log;
  }

  /** Where a prompt is, best first. */
  async find(name: PromptName): Promise<PromptFile[]> {
    const found = await Promise.all(this.#places.map(directory => this.#in(directory, name)));
    return found.flat();
  }

  /** Says it to the far end of a leg; what goes wrong is in the log, and the next best is said. Never rejects. */
  async say(leg: MediaLeg, name: PromptName): Promise<void> {
    try {
      await this.#playing
        .get(leg)
        ?.stop()
        .catch(() => {});
      for (const { directory, file } of await this.find(name)) {
        const playing = await leg.play({ source: { kind: 'file', directory, file }, under: 'duck' }, null);
        this.#playing.set(leg, playing);
        const end = await playing.ended;
        if (end.reason !== 'failed') return;
        this.#log.warn(
          { leg: leg.id, prompt: name, directory, problem: end.message },
          'a prompt cannot be played; the next best is taken',
        );
      }
      this.#log.warn({ leg: leg.id, prompt: name }, 'a prompt could not be said: no recording of it can be played');
    } catch (error) {
      // Mostly: the call has ended.
      this.#log.debug({ leg: leg.id, prompt: name, problem: messageOf(error) }, 'a prompt was not said');
    }
  }

  async #in(directory: string, name: PromptName): Promise<PromptFile[]> {
    try {
      const files = (await readdir(directory)).filter(file => path.parse(file).name === name).sort();
      return files.map(file => ({ directory, file }));
    } catch (error) {
      if (this.#packs.has(directory))
        this.#log.warn(
          { directory, problem: messageOf(error) },
          'a pack of prompts cannot be read; the built-in ones are said',
        );
      return [];
    }
  }
}
