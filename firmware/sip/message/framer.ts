import { parseDigits } from './chars.ts';
import { SipParseError } from './errors.ts';
import { MAX_MESSAGE_BYTES } from './parse.ts';

export type Frame =
  | { kind: 'message'; bytes: Buffer }
  /** CRLFCRLF between messages: the far end wants a CRLF back (RFC 5626 §4.4.1). */
  | { kind: 'ping' };

/** Up to the digits; a fold may stand before them. Linear: no two parts of it match the same characters. */
const CONTENT_LENGTH = /^(?:content-length|l)[ \t]*:[ \t]*(?:\r?\n[ \t]+)?([^ \t\r\n]*)/gim;

const CR = 13;
const LF = 10;

/**
 * Cuts a byte stream into messages by their Content-Length (RFC 3261 §18.3). One per connection.
 * Holds at most one unfinished message of 64 KiB; looks at each byte once, however small the chunks are.
 */
export class StreamFramer {
  #pending: Buffer = Buffer.alloc(0);
  #length = 0;
  /** Where the search for the head's end goes on, and where the line that it is in began. */
  #scanned = 0;
  #lineStart = 0;
  /** Where the message that is not cut yet begins. */
  #front = 0;
  /** Whole length of the message at the front, once its head is complete. */
  #messageLength: number | null = null;
  #lineBreaks = 0;
  #broken = false;

  /**
   * @returns what has become complete, in order; the bytes are the caller's own
   * @throws SipParseError when the stream cannot be cut any more (no or two different Content-Lengths, over 64 KiB):
   *   the connection has to be closed, and every later call throws too
   */
  push(chunk: Buffer): Frame[] {
    if (this.#broken) throw new SipParseError('the stream was given up');
    const frames: Frame[] = [];
    try {
      let at = 0;
      while (at < chunk.length) {
        if (this.#length === 0) at = this.#skipLineBreaks(chunk, at, frames);
        // By 64 KiB at a time, so that a large chunk of small messages does not have to fit in at once.
        const end = Math.min(chunk.length, at + MAX_MESSAGE_BYTES - this.#length);
        this.#append(chunk.subarray(at, end));
        at = end;
        this.#cut(frames);
      }
      return frames;
    } catch (error) {
      this.#broken = true;
      throw error;
    }
  }

  /** Whether a message has begun that is not complete. */
  get unfinished(): boolean {
    return this.#length > 0;
  }

  /** What is there of it: after `push` has thrown, the beginning of the message that broke the stream. */
  get beginning(): Buffer {
    return this.#pending.subarray(this.#front, this.#length);
  }

  #skipLineBreaks(bytes: Buffer, start: number, frames: Frame[]): number {
    let at = start;
    for (; at < bytes.length && (bytes[at] === CR || bytes[at] === LF); at++) {
      if (bytes[at] === LF && ++this.#lineBreaks === 2) {
        frames.push({ kind: 'ping' });
        this.#lineBreaks = 0;
      }
    }
    if (at < bytes.length) this.#lineBreaks = 0;
    return at;
  }

  #append(bytes: Buffer): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#pending.length) {
      const grown = Buffer.allocUnsafe(Math.min(MAX_MESSAGE_BYTES, Math.max(needed, 2 * this.#pending.length, 2048)));
      this.#pending.copy(grown, 0, 0, this.#length);
      this.#pending = grown;
    }
    bytes.copy(this.#pending, this.#length);
    this.#length = needed;
  }

  #cut(frames: Frame[]): void {
    let start = 0;
    for (;;) {
      this.#messageLength ??= this.#findLength(start);
      if (this.#messageLength === null || this.#length - start < this.#messageLength) break;
      const end = start + this.#messageLength;
      frames.push({ kind: 'message', bytes: Buffer.from(this.#pending.subarray(start, end)) });
      start = this.#skipLineBreaks(this.#pending.subarray(0, this.#length), end, frames);
      this.#front = start;
      this.#messageLength = null;
      this.#scanned = start;
      this.#lineStart = start;
    }
    this.#drop(start);
    if (this.#length === MAX_MESSAGE_BYTES) throw new SipParseError('a message is longer than 64 KiB', 513);
  }

  /** Length of the message that begins at `start`; null while its head is not complete. */
  #findLength(start: number): number | null {
    for (; this.#scanned < this.#length; this.#scanned++) {
      if (this.#pending[this.#scanned] !== LF) continue;
      const lineLength = this.#scanned - this.#lineStart;
      const empty = lineLength === 0 || (lineLength === 1 && this.#pending[this.#lineStart] === CR);
      this.#lineStart = this.#scanned + 1;
      if (!empty) continue;
      const headEnd = ++this.#scanned;
      const length = headEnd - start + contentLength(this.#pending.toString('latin1', start, headEnd));
      if (length > MAX_MESSAGE_BYTES) throw new SipParseError('a message is longer than 64 KiB', 513);
      return length;
    }
    return null;
  }

  #drop(bytes: number): void {
    if (bytes === 0) return;
    this.#front = 0;
    this.#pending.copyWithin(0, bytes, this.#length);
    this.#length -= bytes;
    this.#scanned -= bytes;
    this.#lineStart -= bytes;
    // An idle connection holds nothing.
    if (this.#length === 0) this.#pending = Buffer.alloc(0);
  }
}

/** Mandatory on streams: without it nobody can tell where the next message begins. */
function contentLength(head: string): number {
  let length: number | null = null;
  for (const match of head.matchAll(CONTENT_LENGTH)) {
    const value = parseDigits(match[1] ?? '');
    if (Number.isNaN(value)) throw new SipParseError('Content-Length is not a number');
    if (length !== null && length !== value) throw new SipParseError('two Content-Lengths differ');
    length = value;
  }
  if (length === null) throw new SipParseError('a message on a stream has no Content-Length');
  return length;
}
