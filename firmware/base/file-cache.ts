import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';

export interface FileCacheOptions {
  /** Its own: what else lies in it is deleted. */
  readonly directory: string;
  /** Of all its files; beyond it those that were used longest ago go. One alone may be larger. */
  readonly maxBytes: number;
}

/** Made by a hash, so that no name leads anywhere. */
const NAME = /^[0-9a-f]{64}\.[a-z0-9]{1,8}$/;
/** A file takes whole blocks of a disk. */
const BLOCK_BYTES = 4096;

/**
 * Files that can be made again, in a folder. What is wanted while it is being made is made once. Which was used last is kept
 * in the files' times, so that it outlives the process.
 */
export class FileCache {
  readonly directory: string;
  readonly #maxBytes: number;
  /** Bytes by name; the one that was used longest ago comes first. */
  readonly #files = new Map<string, number>();
  readonly #making = new Map<string, Promise<void>>();
  #bytes = 0;

  constructor({ directory, maxBytes }: FileCacheOptions) {
    this.directory = directory;
    this.#maxBytes = maxBytes;
  }

  /** Takes over what is there. @throws what the file system says */
  open(): void {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    const found = readdirSync(this.directory).flatMap(name => {
      const full = path.join(this.directory, name);
      if (NAME.test(name)) return [{ name, ...pick(statSync(full)) }];
      rmSync(full, { recursive: true, force: true });
      return [];
    });
    found.sort((one, other) => one.usedAt - other.usedAt);
    for (const { name, bytes } of found) this.#keep(name, bytes);
  }

  /** Of files that are there. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether it is there; it counts as used now. */
  async use(name: string): Promise<boolean> {
    const bytes = this.#files.get(name);
    if (bytes === undefined) return false;
    this.#files.delete(name);
    this.#files.set(name, bytes);
    const now = new Date();
    try {
      await utimes(path.join(this.directory, name), now, now);
      return true;
    } catch {
      // Somebody has deleted it.
      this.#forget(name);
      return false;
    }
  }

  /**
   * Has it made unless it is there, or is being made.
   * @param make writes the file of that path; rejects with what it throws
   */
  async make(name: string, make: (file: string) => Promise<void>): Promise<void> {
    if (await this.use(name)) return;
    const making = this.#making.get(name) ?? this.#make(name, make);
    await making;
  }

  /** Makes it even where it is there; who reads the one before goes on reading that. */
  async replace(name: string, make: (file: string) => Promise<void>): Promise<void> {
    await (this.#making.get(name) ?? this.#make(name, make));
  }

  #make(name: string, make: (file: string) => Promise<void>): Promise<void> {
    const making = this.#write(name, make).finally(() => this.#making.delete(name));
    this.#making.set(name, making);
    return making;
  }

  async #write(name: string, make: (file: string) => Promise<void>): Promise<void> {
    const full = path.join(this.directory, name);
    const unfinished = path.join(this.directory, `${randomUUID()}.part`);
    try {
      await make(unfinished);
      const { size } = await stat(unfinished);
      await rename(unfinished, full);
      this.#keep(name, blocks(size));
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  #keep(name: string, bytes: number): void {
    this.#forget(name);
    this.#files.set(name, bytes);
    this.#bytes += bytes;
    for (const oldest of this.#files.keys()) {
      if (this.#bytes <= this.#maxBytes || oldest === name) break;
      this.#forget(oldest);
      void rm(path.join(this.directory, oldest), { force: true }).catch(() => undefined);
    }
  }

  #forget(name: string): void {
    this.#bytes -= this.#files.get(name) ?? 0;
    this.#files.delete(name);
  }
}

function pick({ size, mtimeMs }: { readonly size: number; readonly mtimeMs: number }) {
  return { bytes: blocks(size), usedAt: mtimeMs };
}

function blocks(size: number): number {
  return Math.max(1, Math.ceil(size / BLOCK_BYTES)) * BLOCK_BYTES;
}
