import { randomBytes } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isSeq, parse, parseDocument, stringify } from 'yaml';
import { CrosspointError, isCrosspointError, messageOf } from '../base/errors.ts';
import { changedKeys, withKeys } from './changed-keys.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { inconsistencies } from './consistency.ts';
import { parseConfig } from './load.ts';
import { masked, unmasked } from './masked.ts';
import { type Config, ConfigSchema } from './schema.ts';
import { formatPath } from './validate.ts';
import type { Path } from './yaml-source.ts';

/** A configuration that somebody wants: as the text of the file, or as its value. */
export type Candidate = { readonly yaml: string } | { readonly config: Readonly<Record<string, unknown>> };

/** What takes another value of a key while the service runs, by the key. */
export type LiveKeys = Readonly<Record<string, (config: Config) => void>>;

export interface Applied {
  /** Keys that have their new values now. */
  readonly applied: readonly string[];
  /** Keys that get them at the next start. */
  readonly needsRestart: readonly string[];
  /** Where the file as it was before lies. */
  readonly backup: string;
}

/** The configuration file of the running service: shown, checked and changed. */
export class ConfigFile {
  readonly #file: string | undefined;
  readonly #live: LiveKeys;
  #running: Config;

  /** @param file undefined: the service was started without one */
  constructor(file: string | undefined, running: Config, live: LiveKeys) {
    this.#file = file;
    this.#running = running;
    this.#live = live;
  }

  /** What the service runs with, every default filled in, and which keys of the file wait for a restart. */
  read(): { file: string | null; config: unknown; needsRestart: readonly string[] } {
    return {
      file: this.#file ?? null,
      config: masked(ConfigSchema, this.#running),
      needsRestart: this.#file === undefined ? [] : this.#waiting(this.#file),
    };
  }

  /** Everything that is wrong with it, as at a start. */
  check(candidate: Candidate): readonly ConfigProblem[] {
    try {
      parseConfig(this.#textOf(candidate), 'candidate');
      return [];
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
  }

  /**
   * Writes it to the file, whole or not at all, and applies what can be applied while the service runs.
   * @throws ConfigError; CrosspointError config.no-file, config.not-written: nothing is changed then
   */
  write(candidate: Candidate): Applied {
    const file = this.#file;
    if (file === undefined)
      throw new CrosspointError(
        'config.no-file',
        'The gateway was started without a configuration file: start it with --config FILE to change it from here',
      );
    const text = this.#textOf(candidate);
    const config = parseConfig(text, file);
    const backup = replace(file, text);
    const applied = changedKeys(this.#running, config).filter(key => this.#isLive(key, config));
    for (const key of applied) this.#live[key]?.(config);
    this.#running = withKeys(this.#running, applied, config);
    return { applied, needsRestart: changedKeys(this.#running, config), backup };
  }

  /** Whether it can be applied, and means the same beside the keys that cannot: numbers may name a trunk of tomorrow. */
  #isLive(key: string, config: Config): boolean {
    return this.#live[key] !== undefined && inconsistencies(withKeys(this.#running, [key], config)).length === 0;
  }

  #waiting(file: string): string[] {
    try {
      return changedKeys(this.#running, parseConfig(readFileSync(file, 'utf8'), file));
    } catch (error) {
      // Somebody is editing it.
      if (isCrosspointError(error) || (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  /** As a text, with the secrets that were masked for its author. */
  #textOf(candidate: Candidate): string {
    const before: unknown =
      this.#file !== undefined && existsSync(this.#file) ? parse(readFileSync(this.#file, 'utf8')) : {};
    if ('config' in candidate)
      return stringify(withSecrets(candidate.config, before), { aliasDuplicateObjects: false });
    const document = parseDocument(candidate.yaml, { uniqueKeys: true });
    // What is wrong with it is for whoever reads it next to say.
    if (document.errors.length > 0 || !(isMap(document.contents) || isSeq(document.contents))) return candidate.yaml;
    const value = plainOf(document);
    if (value === null) return candidate.yaml;
    const secrets = differences(value, withSecrets(value, before), []);
    if (secrets.length === 0) return candidate.yaml;
    for (const { path, value: secret } of secrets) document.setIn([...path], secret);
    return document.toString();
  }
}

/** @throws ConfigError where a mask stands for a secret that there is none of: as a secret everybody would know it */
function withSecrets(value: unknown, before: unknown): unknown {
  const problems: ConfigProblem[] = [];
  const filled = unmasked(ConfigSchema, value, before, path => {
    const message = 'expected the secret itself: this mask stands for none that there is now';
    problems.push({ path: formatPath(path), line: null, message });
  });
  if (problems.length > 0) throw new ConfigError('candidate', problems);
  return filled;
}

/** Null of one with aliases, which nobody here reads. */
function plainOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    return null;
  }
}

interface Difference {
  readonly path: Path;
  readonly value: unknown;
}

function differences(one: unknown, other: unknown, path: Path): Difference[] {
  if (isDeepStrictEqual(one, other)) return [];
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null)
    return [{ path, value: other }];
  return Object.entries(other).flatMap(([key, value]) =>
    differences((one as Record<string, unknown>)[key], value, [...path, Array.isArray(one) ? Number(key) : key]),
  );
}

/**
 * The file is the old or the new one at every moment, also of a power cut.
 * @returns where the old one lies
 * @throws CrosspointError config.not-written
 */
function replace(path: string, text: string): string {
  let temporary: string | null = null;
  try {
    const file = realpathSync(path);
    const { mode } = statSync(file);
    const backup = `${file}.bak`;
    copyFileSync(file, backup);
    temporary = `${file}.${randomBytes(6).toString('hex')}`;
    const handle = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(handle, text);
      fchmodSync(handle, mode & 0o777);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
    return backup;
  } catch (error) {
    if (temporary !== null) rmSync(temporary, { force: true });
    throw new CrosspointError('config.not-written', `The configuration file cannot be written: ${messageOf(error)}`);
  }
}
