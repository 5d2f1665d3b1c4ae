import { writeSync } from 'node:fs';

/** The engine reads within a tick (20 ms); commands that pile up beyond this mean that it stands still. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const RETRY_MS = 1;

/**
 * Writes lines to the engine's command descriptor, a pipe that does not block.
 *
 * Not through the `command` property: gstreamer-superficial never frees the strings that properties are set to.
 */
export class CommandWriter {
  readonly #descriptor: number;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** False when the engine takes nothing any more and the line was not kept. */
  write(line: string): boolean {
    const bytes = Buffer.from(line);
    if (this.#waitingBytes === 0) {
      this.#keep(bytes.subarray(this.#write(bytes)));
      return true;
    }
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) return false;
    this.#keep(bytes);
    return true;
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#waitingBytes === 0) setTimeout(() => this.#retry(), RETRY_MS);
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  }

  #retry(): void {
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#keep(bytes.subarray(this.#write(bytes)));
  }

  /** How much the pipe took. */
  #write(bytes: Buffer): number {
    try {
      return writeSync(this.#descriptor, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
      throw error;
    }
  }
}
