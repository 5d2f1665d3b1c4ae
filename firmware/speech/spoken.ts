import { createHash } from 'node:crypto';
import { CrosspointError, messageOf } from '../base/errors.ts';
import { FileCache } from '../base/file-cache.ts';
import type { ProjectId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Speech } from '../scripts/ports.ts';
import { FairTurns } from './fair-turns.ts';
import { nearestLanguage } from './language.ts';
import type { SpeechEngine, SpeechProvider, VoiceKind } from './provider.ts';
import { spokenText } from './spoken-text.ts';

export interface SpokenOptions {
  readonly provider: SpeechProvider;
  /** A folder of its own. */
  readonly directory: string;
  readonly maxBytes: number;
  /** BCP 47: of what names no language, and of what names one that the engine has not. */
  readonly language: string;
  readonly maxCharacters?: number;
  /** Texts that are spoken at a time; the others wait. */
  readonly atOnce?: number;
  readonly log: Log;
}

/** Of a project. */
const MOST_WAITING = 256;
/** What vendors call voices of a kind, in every language; others are the language's usual one. */
const kinds: Readonly<Record<string, VoiceKind>> = {
  male: 'male',
  man: 'male',
  female: 'female',
  woman: 'female',
  alice: 'female',
};
/** Languages that were warned of; a caller's script can name any number of them. */
const MOST_WARNINGS = 100;

/** Texts as files that are kept: what was spoken once, in that voice, is not spoken again. */
export class Spoken implements Speech {
  readonly #options: Required<SpokenOptions>;
  readonly #cache: FileCache;
  readonly #turns: FairTurns;
  readonly #warned = new Set<string>();
  #engine: Promise<SpeechEngine> | null = null;

  constructor(options: SpokenOptions) {
    this.#options = { maxCharacters: 4096, atOnce: 2, ...options };
    this.#cache = new FileCache(options);
    this.#turns = new FairTurns(this.#options.atOnce, MOST_WAITING);
  }

  /** Without an engine everything else works, so it is only warned of. */
  async start(): Promise<void> {
    const { log, directory } = this.#options;
    try {
      this.#cache.open();
      const { languages } = await this.#engineOf();
      this.#languageOf(null, languages);
    } catch (error) {
      log.warn({ directory, problem: messageOf(error) }, 'nothing can be spoken to callers');
    }
  }

  close(): void {
    this.#options.provider.close();
  }

  async speak(text: string, { language, voice }: Parameters<Speech['speak']>[1], project?: ProjectId) {
    const { maxCharacters } = this.#options;
    // Ten times as much of markup is read, and no more.
    const words = text.length > maxCharacters * 10 ? text : spokenText(text);
    if (words === '') throw new CrosspointError('script.speech-empty', 'The text has no words');
    if (words.length > maxCharacters)
      throw new CrosspointError('script.speech-too-long', `The text has more than ${maxCharacters} characters`);
    const engine = await this.#engineOf();
    const kind = kinds[voice?.toLowerCase() ?? ''] ?? null;
    const spokenBy = engine.voiceOf(this.#languageOf(language, engine.languages), kind);
    const hash = createHash('sha256')
      .update(JSON.stringify([engine.version, spokenBy, words]))
      .digest('hex');
    const file = `${hash}.wav`;
    await this.#cache.make(file, made =>
      this.#turns.take(project ?? '', () => engine.speak(words, spokenBy, made), tooMany),
    );
    return { kind: 'file' as const, directory: this.#cache.directory, file };
  }

  /** Looked for again after a failure: it may have been installed. */
  #engineOf(): Promise<SpeechEngine> {
    this.#engine ??= this.#options.provider.probe().catch(error => {
      this.#engine = null;
      throw error;
    });
    return this.#engine;
  }

  /** What the engine calls it. @throws CrosspointError script.speech-language */
  #languageOf(tag: string | null, languages: SpeechEngine['languages']): string {
    const { language: usual } = this.#options;
    const found = nearestLanguage(tag ?? usual, languages);
    if (found === null) this.#warn(tag ?? usual);
    const named = languages.get(found ?? nearestLanguage(usual, languages) ?? '');
    if (named !== undefined) return named;
    throw new CrosspointError(
      'script.speech-language',
      `Neither that language nor speech.language ${usual} can be spoken`,
    );
  }

  #warn(language: string): void {
    if (this.#warned.has(language) || this.#warned.size >= MOST_WARNINGS) return;
    this.#warned.add(language);
    const { language: instead, log } = this.#options;
    log.warn({ language: language.slice(0, 40), instead }, 'a language that cannot be spoken: another takes its place');
  }
}

function tooMany(): CrosspointError {
  return new CrosspointError('script.speech-busy', `${MOST_WAITING} texts wait to be spoken already`, {
    retriable: true,
  });
}
