import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { within } from '../rig/until.ts';
import type { OwnTransport, ServerTransport } from './browser-sdp.ts';
import { LOAD_CORE, pin } from './pinning.ts';
import { prefer } from './processes.ts';
import { inRepository } from './tools.ts';

const PROGRAM = 'pipelines/plugin/build/release/engine/bench-browsers';
const LIMIT_MS = 10_000;

/** A voice that a far end may have: what it says is told by `say`. */
export interface VoiceTrack {
  readonly payloadType: number;
  readonly ssrc: number;
}

export interface Listening {
  readonly payloadType: number;
  readonly hz: number;
  /** The far end whose bursts are timed; absent: `heard` tells when the tone begins. */
  readonly of?: number;
}

export interface EndMedia {
  readonly voice?: VoiceTrack;
  readonly camera?: VoiceTrack & { readonly bitrate: number };
  readonly hears?: Listening;
  /** It is shown video, and can take so much, bit/s. */
  readonly viewerBitrate?: number;
}

export type Speech =
  | { readonly voice: 'speech' | 'quiet' | 'bursts' }
  | { readonly voice: 'tone'; readonly hz: number };

export interface PhoneAddresses {
  readonly local: { readonly host: string; readonly port: number };
  readonly remote: { readonly host: string; readonly port: number };
}

/** Of one far end, since it is there; delays since they were asked for last. */
export interface EndFigures {
  readonly end: number;
  readonly sent: number;
  readonly received: number;
  readonly receivedBytes: number;
  readonly lost: number;
  readonly unopened: number;
  /** Packets that went out more than 5 ms too late. */
  readonly late: number;
  readonly keyFramesAsked: number;
  readonly delaysMs: readonly number[];
}

interface Line {
  readonly event?: 'ready' | 'secured' | 'heard';
  readonly end?: number;
  readonly atNs?: number;
  readonly suite?: string;
  readonly fingerprint?: string;
  readonly id?: number;
  readonly ends?: readonly EndFigures[];
}

type Wait = (line: Line) => void;

/** The browsers and phones of a load: bench-browsers in a process of its own, on the load's core. */
export class Crowd {
  readonly pid: number;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting = new Map<string, Wait>();
  readonly #heard = new Map<number, number>();
  readonly #suites = new Set<string>();
  readonly #ended: Promise<never>;
  #errors = '';
  #fingerprint = '';
  #next = 1;

  static async start(): Promise<Crowd> {
    const crowd = new Crowd();
    const ready = crowd.#expect('ready');
    try {
      crowd.#fingerprint = (await within(LIMIT_MS, 'starting bench-browsers', ready)).fingerprint ?? '';
      await pin(crowd.pid, LOAD_CORE);
      prefer(crowd.pid);
    } catch (error) {
      await crowd.stop();
      throw error;
    }
    return crowd;
  }

  private constructor() {
    this.#child = spawn(inRepository(PROGRAM), [], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.pid = this.#child.pid ?? 0;
    this.#child.stdin.on('error', () => {});
    this.#ended = once(this.#child, 'exit').then(() => {
      throw new Error(this.#errors.trim() || 'bench-browsers has ended');
    });
    this.#ended.catch(() => {});
    this.#child.stderr.on('data', chunk => {
      this.#errors += String(chunk);
    });
    createInterface({ input: this.#child.stdout }).on('line', line => this.#take(JSON.parse(line) as Line));
  }

  /** SRTP suites that were agreed on so far. */
  get suites(): string[] {
    return [...this.#suites].sort();
  }

  /** A number for another far end, and a transport of its own for an offer. */
  newEnd(): { readonly end: number; readonly own: OwnTransport } {
    const secret = (bytes: number) => randomBytes(bytes).toString('hex');
    return { end: this.#next++, own: { ufrag: secret(4), password: secret(12), fingerprint: this.#fingerprint } };
  }

  /** Connects a browser; resolves when its media is secured. @param says from its first packet on */
  async browser(
    end: number,
    own: OwnTransport,
    server: ServerTransport,
    media: EndMedia,
    says?: Speech,
  ): Promise<void> {
    const { host, port, password, hash, fingerprint, role } = server;
    const remote = { host, port, username: `${server.ufrag}:${own.ufrag}`, password, hash, fingerprint, role };
    const secured = this.#expect(`secured ${end}`);
    this.#send({ do: 'browser', end, remote, password: own.password, controls: !server.offers, ...media });
    if (says) this.say([end], says);
    this.#suites.add((await within(LIMIT_MS, 'securing a browser', this.#alive(secured))).suite ?? '');
  }

  phone(end: number, addresses: PhoneAddresses, media: EndMedia, says?: Speech): void {
    this.#send({ do: 'phone', end, ...addresses, ...media });
    if (says) this.say([end], says);
  }

  /** What these say from now on. */
  say(ends: readonly number[], speech: Speech): void {
    if (ends.length > 0) this.#send({ do: 'say', ends, ...speech });
  }

  /** When the tone that it listens for began, or begins, ns of the monotonic clock; each is told once. */
  async heard(end: number): Promise<number> {
    const before = this.#heard.get(end);
    this.#heard.delete(end);
    if (before !== undefined) return before;
    const { atNs } = await within(LIMIT_MS, 'hearing a tone', this.#alive(this.#expect(`heard ${end}`)));
    return atNs as number;
  }

  async figures(): Promise<readonly EndFigures[]> {
    const id = this.#next++;
    const answer = this.#expect(`answer ${id}`);
    this.#send({ do: 'figures', id });
    return (await within(LIMIT_MS, 'asking bench-browsers', this.#alive(answer))).ends ?? [];
  }

  leave(ends: readonly number[]): void {
    if (ends.length > 0) this.#send({ do: 'leave', ends });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.stdin.end();
    await within(5_000, 'ending bench-browsers', exited).catch(() => this.#child.kill('SIGKILL'));
  }

  #send(command: object): void {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  #expect(what: string): Promise<Line> {
    return new Promise(resolve => this.#waiting.set(what, resolve));
  }

  #take(line: Line): void {
    const what = line.event === 'ready' ? 'ready' : line.event ? `${line.event} ${line.end}` : `answer ${line.id}`;
    const waiting = this.#waiting.get(what);
    this.#waiting.delete(what);
    if (waiting) waiting(line);
    else if (line.event === 'heard') this.#heard.set(line.end as number, line.atNs as number);
  }

  /** @throws its last words when it ends first */
  #alive(answer: Promise<Line>): Promise<Line> {
    return Promise.race([answer, this.#ended]);
  }
}
