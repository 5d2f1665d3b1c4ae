import { closeSync, existsSync, openSync, readSync } from 'node:fs';

const CHUNK = 65_536;

/** Follows a file that another program writes, line by line; each byte is read once. */
export class Tail {
  readonly #file: string;
  readonly #chunk = Buffer.alloc(CHUNK);
  #handle: number | undefined;
  #rest = '';

  constructor(file: string) {
    this.#file = file;
  }

  /** The whole lines that have come since the last time; none while the file is not there. */
  lines(): string[] {
    if (this.#handle === undefined && !existsSync(this.#file)) return [];
    this.#handle ??= openSync(this.#file, 'r');
    let text = this.#rest;
    for (let read = this.#read(); read > 0; read = this.#read()) text += this.#chunk.toString('utf8', 0, read);
    const lines = text.split('\n');
    this.#rest = lines.pop() ?? '';
    return lines;
  }

  #read(): number {
    return this.#handle === undefined ? 0 : readSync(this.#handle, this.#chunk);
  }

  close(): void {
    if (this.#handle !== undefined) closeSync(this.#handle);
    this.#handle = undefined;
  }
}
