import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Child, startChild } from './children.ts';
import { Heard, RATE } from './tones.ts';
import { until } from './until.ts';
import { type StreamPlace, WhipResource } from './whip.ts';

/** Debian's: another one in PATH has no GStreamer. */
const PYTHON = '/usr/bin/python3';
const program = fileURLToPath(new URL('webrtcbin.py', import.meta.url));
/** What its jitter buffer holds, and the box's. */
const SETTLING_SECONDS = 0.6;
const BYTES = 2;

type Told = Readonly<Record<'offer' | 'state' | 'ice' | 'failed', string | undefined>>;

export interface WebrtcbinOptions extends StreamPlace {
  /** What a publisher says. */
  readonly hz?: number;
  /** Its own, of the media; default: loopback. */
  readonly address?: string;
  /** What it is started with: a program that gives it another network. */
  readonly through?: readonly string[];
  /** Changes its offer on the way to the box. */
  readonly alter?: (offer: string) => string;
  /** And the answer on the way back. */
  readonly alterAnswer?: (answer: string) => string;
}

/** GStreamer's webrtcbin, in a process of its own: a WebRTC client that shares no code with browsers or with the box. */
export class Webrtcbin {
  readonly resource: WhipResource;
  readonly #child: Child;
  readonly #folder: string;

  /** Publishes or subscribes; its media is connected a little later. */
  static async start(options: WebrtcbinOptions): Promise<Webrtcbin> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'g-'));
    const [command = PYTHON, ...before] = [...(options.through ?? []), PYTHON];
    const { address = '127.0.0.1' } = options;
    const role = options.kind === 'whip' ? ['publish', String(options.hz)] : ['subscribe', path.join(folder, 'heard')];
    const child = await startChild(`webrtcbin ${role[0]}`, command, [...before, program, address, ...role]);
    const { alter = offer => offer, alterAnswer = answer => answer } = options;
    try {
      const offer = await until('an offer of webrtcbin', () => told(child).find(each => each.offer)?.offer, {
        limitMs: 15_000,
        everyMs: 20,
        state: () => child.output(),
      });
      const resource = await WhipResource.create(options, alter(offer));
      child.write(`${JSON.stringify({ answer: alterAnswer(resource.answer) })}\n`);
      return new Webrtcbin(resource, child, folder);
    } catch (error) {
      await child.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(resource: WhipResource, child: Child, folder: string) {
    this.resource = resource;
    this.#child = child;
    this.#folder = folder;
  }

  /** Of its peer connection (W3C WebRTC §4.4.3), the first one first. */
  states(): string[] {
    return told(this.#child).flatMap(({ state }) => state ?? []);
  }

  async connected(): Promise<void> {
    await until('webrtcbin to be connected', () => this.states().includes('connected'), {
      limitMs: 15_000,
      state: () => this.#child.output().slice(-2_000),
    });
  }

  /** How much sound a subscriber was sent. */
  get heardSeconds(): number {
    return this.#length() / RATE;
  }

  /** What a subscriber hears from shortly after now, once it is `seconds` long. */
  async listen(seconds = 2): Promise<Heard> {
    return new Heard(await this.record(seconds));
  }

  async record(seconds: number): Promise<Int16Array> {
    await until('webrtcbin to hear something', () => this.#length() > 0, {
      limitMs: 15_000,
      state: () => this.states(),
    });
    const from = this.#length() + SETTLING_SECONDS * RATE;
    const length = seconds * RATE;
    await until(`${seconds} s of sound at webrtcbin`, () => this.#length() >= from + length, {
      limitMs: seconds * 1000 + 10_000,
      everyMs: 50,
      state: () => ({ length: this.#length(), from, states: this.states() }),
    });
    return this.#read(from, length);
  }

  /** Samples so far. */
  #length(): number {
    return this.#withFile(file => Math.floor(fstatSync(file).size / BYTES)) ?? 0;
  }

  #read(from: number, length: number): Int16Array {
    const bytes = Buffer.alloc(length * BYTES);
    this.#withFile(file => readSync(file, bytes, 0, bytes.length, from * BYTES));
    return new Int16Array(bytes.buffer, bytes.byteOffset, length);
  }

  #withFile<T>(use: (file: number) => T): T | undefined {
    let file: number;
    try {
      file = openSync(path.join(this.#folder, 'heard'), 'r');
    } catch {
      // Nothing was heard yet.
      return undefined;
    }
    try {
      return use(file);
    } finally {
      closeSync(file);
    }
  }

  /** Without a word to anybody. */
  async vanish(): Promise<void> {
    await this.#child.stop('SIGKILL');
  }

  async close(): Promise<void> {
    await this.#child.stop('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function told(child: Child): Told[] {
  return child
    .output()
    .split('\n')
    .flatMap(line => (line.startsWith('{') && line.endsWith('}') ? (JSON.parse(line) as Told) : []));
}
