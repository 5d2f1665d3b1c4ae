import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Static, Type } from 'typebox';
import Value from 'typebox/value';
import { messageOf } from '../../base/errors.ts';
import type { CallId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { maskSecrets } from '../../sip/trace/mask.ts';
import type { Trace } from '../../sip/trace/traced-message.ts';

const Address = Type.Object({ address: Type.String(), port: Type.Integer() });
const File = Type.Object({
  dropped: Type.Integer(),
  messages: Type.Array(
    Type.Object({
      at: Type.Number(),
      direction: Type.Union([Type.Literal('in'), Type.Literal('out')]),
      transport: Type.Union([Type.Literal('udp'), Type.Literal('tcp'), Type.Literal('tls')]),
      local: Address,
      remote: Address,
      /** Latin-1, so that each character is a byte. */
      text: Type.String(),
    }),
  ),
});
type File = Static<typeof File>;

/** Calls that may wait to be written; more are dropped, and said. */
const MAX_WAITING = 256;
const NAME = /^[0-9a-f-]{36}$/;

/**
 * Traces of calls on disk, a file each, without their secrets. The newest `maxFiles` are kept.
 * Written one after the other, so that a storm of failed calls does not become a storm of writes.
 */
export class TraceArchive {
  readonly #folder: string;
  readonly #maxFiles: number;
  readonly #log: Log;
  /** Names in the order of writing, the oldest first. */
  #names: string[] = [];
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(folder: string, maxFiles: number, log: Log) {
    this.#folder = folder;
    this.#maxFiles = maxFiles;
    this.#log = log;
  }

  /** Finds what a former process wrote. @throws when the folder cannot be made or read */
  async start(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const files = await readdir(this.#folder);
    // A file's name begins with the time of its writing, in a fixed number of digits.
    this.#names = files.filter(file => file.endsWith('.json')).sort();
    await Promise.all(files.filter(file => file.endsWith('.part')).map(file => rm(path.join(this.#folder, file))));
  }

  /** Resolves when it is on disk, or given up (which the log tells). */
  write(call: CallId, trace: Trace, now: number): Promise<void> {
    if (this.#waiting >= MAX_WAITING) {
      this.#log.warn({ call }, 'a trace was not written: too many are waiting');
      return Promise.resolve();
    }
    this.#waiting += 1;
    this.#last = this.#last
      .then(() => this.#write(call, trace, now))
      .finally(() => {
        this.#waiting -= 1;
      });
    return this.#last;
  }

  /** Null when there is none of that call. */
  async read(call: string): Promise<Trace | null> {
    if (!NAME.test(call)) return null;
    await this.#last;
    const name = this.#names.findLast(each => each.endsWith(`-${call}.json`));
    if (name === undefined) return null;
    try {
      const file: unknown = JSON.parse(await readFile(path.join(this.#folder, name), 'utf8'));
      return Value.Check(File, file) ? traceOf(file) : null;
    } catch (error) {
      this.#log.warn({ call, problem: messageOf(error) }, 'a trace could not be read');
      return null;
    }
  }

  /** Everything that was asked for is on disk. */
  async close(): Promise<void> {
    await this.#last;
  }

  async #write(call: CallId, trace: Trace, now: number): Promise<void> {
    const name = `${String(now).padStart(15, '0')}-${call}.json`;
    const file = path.join(this.#folder, name);
    try {
      await writeFile(`${file}.part`, JSON.stringify(fileOf(trace)), { mode: 0o600 });
      await rename(`${file}.part`, file);
      this.#names.push(name);
      while (this.#names.length > this.#maxFiles) {
        const oldest = this.#names.shift();
        if (oldest !== undefined) await rm(path.join(this.#folder, oldest), { force: true });
      }
    } catch (error) {
      this.#log.warn({ call, problem: messageOf(error) }, 'a trace could not be written');
    }
  }
}

function fileOf({ messages, dropped }: Trace): File {
  return {
    dropped,
    messages: messages.map(({ bytes, ...rest }) => ({ ...rest, text: maskSecrets(bytes).toString('latin1') })),
  };
}

function traceOf({ messages, dropped }: File): Trace {
  return {
    dropped,
    messages: messages.map(({ text, ...rest }) => ({ ...rest, bytes: Buffer.from(text, 'latin1') })),
  };
}
