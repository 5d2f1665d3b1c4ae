/** The longest command, bytes without the newline. */
export const MAX_COMMAND_BYTES = 64 * 1024;

/** The longest answer: a dump takes about 1 KB a leg. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

const NEWLINE = 0x0a;

/** Cuts a byte stream into lines; what belongs to an unfinished line waits for the next chunk. */
export class LineSplitter {
  #rest: Buffer[] = [];
  #restBytes = 0;
  readonly #onLine: (line: string) => void;
  readonly #maxBytes: number;

  constructor(onLine: (line: string) => void, maxBytes: number) {
    this.#onLine = onLine;
    this.#maxBytes = maxBytes;
  }

  /** @throws RangeError when a line grows beyond the limit */
  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const piece = chunk.subarray(start, end);
      const line = this.#restBytes === 0 ? piece : Buffer.concat([...this.#rest, piece]);
      this.#rest = [];
      this.#restBytes = 0;
      start = end + 1;
      this.#onLine(line.toString('utf8'));
    }
    if (start < chunk.length) {
      this.#rest.push(chunk.subarray(start));
      this.#restBytes += chunk.length - start;
      if (this.#restBytes > this.#maxBytes) throw new RangeError(`a line is longer than ${this.#maxBytes} bytes`);
    }
  }
}
