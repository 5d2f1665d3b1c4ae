import { mkdirSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Compile } from 'typebox/compile';
import { RecordingManifest } from '../../../pipelines/protocol/recording.ts';
import { CrosspointError, messageOf } from '../../base/errors.ts';
import { playableMs } from './audio-length.ts';
import type { RecordingFile } from './recording.ts';

const MANIFEST = 'recording.json';
const isManifest = Compile(RecordingManifest);
/** What an archive of individual files is fetched as. */
export const PACKAGE = 'archive.zip';
/** The engine's own names: mixed.ogg, call.ogg, 07.wav. */
const AUDIO_FILE = /^(mixed|call|[0-9]{2})\.(ogg|wav)$/;
const FOLDER = /^[A-Za-z0-9_-]{1,64}$/;

/** What is on the disk of recordings: a folder each, in one directory. */
export class RecordingFolders {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** @throws CrosspointError config.recordings-directory */
  prepare(): void {
    try {
      mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new CrosspointError(
        'config.recordings-directory',
        `recordings.directory ${this.directory} cannot be made: ${messageOf(error)}`,
      );
    }
  }

  /** Of a file that a recording has; null for a name that none of ours has. */
  pathOf(recording: string, name: string): string | null {
    if (!FOLDER.test(recording) || !(AUDIO_FILE.test(name) || name === PACKAGE)) return null;
    return path.join(this.directory, recording, name);
  }

  /** When it began, and what of it can be played, of a recording that nobody completed. */
  async found(
    recording: string,
  ): Promise<{ startedAt: number | null; files: Omit<RecordingFile, 'connectionId' | 'streamId'>[] }> {
    const manifest = await this.#manifest(recording);
    const files = (manifest?.files ?? []).map(async file => {
      const full = this.pathOf(recording, file.path);
      const { offsetMs, missedMs } = file;
      const bytes =
        full === null
          ? null
          : await stat(full).then(
              ({ size }) => size,
              () => null,
            );
      const durationMs =
        file.durationMs ?? (full === null || bytes === null ? null : await playableMs(full).catch(() => null));
      return { name: file.path, offsetMs, missedMs, durationMs, bytes };
    });
    return { startedAt: manifest?.startedAt ?? null, files: await Promise.all(files) };
  }

  async #manifest(recording: string): Promise<RecordingManifest | null> {
    try {
      const value: unknown = JSON.parse(await readFile(path.join(this.directory, recording, MANIFEST), 'utf8'));
      return isManifest.Check(value) ? value : null;
    } catch {
      return null;
    }
  }

  /** Everything of a recording. */
  async delete(recording: string): Promise<void> {
    if (!FOLDER.test(recording)) return;
    await rm(path.join(this.directory, recording), { recursive: true, force: true });
  }

  /** Folders that are there, by name. */
  async names(): Promise<string[]> {
    const entries = await readdir(this.directory, { withFileTypes: true }).catch(() => []);
    return entries.filter(entry => entry.isDirectory() && FOLDER.test(entry.name)).map(({ name }) => name);
  }
}
