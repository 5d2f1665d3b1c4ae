import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../base/clock.ts';
import { CrosspointError } from '../../base/errors.ts';
import { FileCache } from '../../base/file-cache.ts';
import type { ProjectId } from '../../base/ids.ts';
import type { Sounds } from '../ports.ts';
import { within } from '../waiting.ts';
import type { WebRequest } from '../web.ts';
import { boundedBody } from './bounded-body.ts';
import { fetchError } from './fetch-error.ts';
import { Turns } from './turns.ts';
import type { WebAnswer, WebClient } from './web-client.ts';

export interface WebSoundsOptions {
  readonly client: WebClient;
  readonly clock: Clock;
  /** A folder of its own; what is in it does not outlive the process. */
  readonly directory: string;
  /** Of all sounds that are kept. */
  readonly maxBytes: number;
  /** Of one. */
  readonly maxSoundBytes?: number;
  readonly timeoutMs?: number;
  /** The path of the file that a URL of the box's own gives that project; null: it is none. Nothing is fetched then. */
  readonly own?: (url: URL, project: ProjectId) => string | null;
}

/** What is known of a sound that was fetched. */
interface Known {
  readonly etag: string;
  readonly lastModified: string;
  /** Until then its server is not asked again. */
  readonly freshUntil: number;
}

interface Fetching {
  readonly done: Promise<void>;
  /** Nobody waits for it any more. */
  readonly giveUp: AbortController;
  waiting: number;
}

/** A server that says nothing of it is asked again after this. */
const FRESH_MS = 60_000;
const FRESH_MAX_MS = 86_400_000;
/** Of each server. */
const AT_ONCE = 8;
/** Sounds of which it is remembered what their servers said. */
const MOST_KNOWN = 10_000;
/** A write to a connection can fail, too. */
const NETWORK: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET']);
const NO_SOUND = /^(text\/|application\/(json|xml|xhtml\+xml|javascript)\b)/;

/**
 * Sounds of applications, kept for a while. Its server is asked whether a sound is still the same when it has said so, or
 * after a minute; where it cannot be asked, what is there is played.
 */
export class WebSounds implements Sounds {
  readonly #options: Required<WebSoundsOptions>;
  readonly #cache: FileCache;
  readonly #turns = new Turns(AT_ONCE);
  readonly #known = new Map<string, Known>();
  readonly #fetching = new Map<string, Fetching>();

  constructor(options: WebSoundsOptions) {
    this.#options = { maxSoundBytes: 20 * 1024 * 1024, timeoutMs: 30_000, own: () => null, ...options };
    this.#cache = new FileCache(options);
  }

  /** @throws what the file system says */
  start(): void {
    this.#cache.open();
  }

  /** What is under way is broken off. */
  close(): void {
    for (const { giveUp } of this.#fetching.values())
      giveUp.abort(new CrosspointError('script.fetch-refused', 'The service is ending'));
  }

  /** @throws CrosspointError script.fetch-…, script.no-sound, script.sound-not-kept; the signal's reason */
  async fetch(text: string, signal: AbortSignal, project: ProjectId) {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url) throw fetchError('script.fetch-refused', 'The sound has no http(s) URL');
    const own = this.#options.own(url, project);
    if (own !== null) return { kind: 'file' as const, directory: path.dirname(own), file: path.basename(own) };
    url.hash = '';
    const file = `${createHash('sha256').update(url.href).digest('hex')}.sound`;
    const { freshUntil = 0 } = this.#known.get(file) ?? {};
    if (freshUntil <= this.#options.clock.now() || !(await this.#cache.use(file))) await this.#share(url, file, signal);
    return { kind: 'file' as const, directory: this.#cache.directory, file };
  }

  /** Waits for the one download of that file; it is broken off when nobody waits any more. */
  async #share(url: URL, file: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const fetching = this.#fetching.get(file) ?? this.#begin(url, file);
    fetching.waiting += 1;
    const waiting = within(signal);
    try {
      await Promise.race([fetching.done, rejection(waiting.signal)]);
    } finally {
      waiting.close();
      fetching.waiting -= 1;
      if (fetching.waiting === 0) fetching.giveUp.abort(new Error('Nobody wants it any more'));
    }
  }

  #begin(url: URL, file: string): Fetching {
    const giveUp = new AbortController();
    const done = this.#renew(url, file, giveUp.signal).finally(() => {
      if (this.#fetching.get(file) === fetching) this.#fetching.delete(file);
    });
    // Those who wait learn of it.
    done.catch(() => undefined);
    const fetching: Fetching = { done, giveUp, waiting: 0 };
    this.#fetching.set(file, fetching);
    giveUp.signal.addEventListener('abort', () => {
      if (this.#fetching.get(file) === fetching) this.#fetching.delete(file);
    });
    return fetching;
  }

  async #renew(url: URL, file: string, signal: AbortSignal): Promise<void> {
    const known = (await this.#cache.use(file)) ? this.#known.get(file) : undefined;
    try {
      await this.#turns.take(url.origin, signal, () => this.#download(url, file, known, signal));
    } catch (error) {
      // An old sound is better than none; but what is gone for good is gone.
      const gone = error instanceof CrosspointError && / (401|403|404|410)$/.test(error.message);
      if (!known || gone || signal.aborted) throw error;
      this.#remember(file, { ...known, freshUntil: this.#options.clock.now() + FRESH_MS });
    }
  }

  #download(url: URL, file: string, known: Known | undefined, signal: AbortSignal): Promise<void> {
    const { client, timeoutMs, maxSoundBytes, clock } = this.#options;
    const asked: WebRequest = { url, method: 'GET', headers: conditionsOf(known), body: null };
    const read = async (answer: WebAnswer) => {
      if (answer.status !== 304) await this.#save(answer, file, maxSoundBytes);
      this.#remember(file, { ...namesOf(answer, known), freshUntil: clock.now() + freshFor(answer) });
    };
    return client.fetch(asked, { timeoutMs, read, ...(known && { alsoFine: 304 }) }, signal);
  }

  async #save(answer: WebAnswer, file: string, maxSoundBytes: number): Promise<void> {
    const type = answer.header('content-type').toLowerCase();
    if (NO_SOUND.test(type))
      throw new CrosspointError('script.no-sound', `What came is no sound but ${type.slice(0, 40)}`);
    await this.#cache.replace(file, made =>
      pipeline(boundedBody(answer, maxSoundBytes), createWriteStream(made, { mode: 0o600 })).catch(error => {
        throw asDiskError(error);
      }),
    );
  }

  #remember(file: string, known: Known): void {
    this.#known.delete(file);
    this.#known.set(file, known);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST_KNOWN) break;
      this.#known.delete(oldest);
    }
  }
}

/** What the network did stays as it is. */
function asDiskError(error: unknown): unknown {
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  const ofDisk = code.startsWith('E') && (syscall === 'open' || syscall === 'write') && !NETWORK.has(code);
  return ofDisk ? new CrosspointError('script.sound-not-kept', `The sound cannot be kept on disk: ${code}`) : error;
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );
}

function conditionsOf(known: Known | undefined): Record<string, string> {
  return {
    accept: 'audio/*, */*;q=0.5',
    ...(known?.etag && { 'if-none-match': known.etag }),
    ...(known?.lastModified && { 'if-modified-since': known.lastModified }),
  };
}

/** 304 may leave them out. */
function namesOf({ header }: WebAnswer, known: Known | undefined) {
  return {
    etag: header('etag') || (known?.etag ?? ''),
    lastModified: header('last-modified') || (known?.lastModified ?? ''),
  };
}

/** RFC 9111 §5.2.2, as far as one that is no shared cache needs it. */
function freshFor({ header }: WebAnswer): number {
  const control = header('cache-control').toLowerCase();
  if (/\bno-(cache|store)\b/.test(control)) return 0;
  const seconds = /\bmax-age=(\d{1,9})/.exec(control)?.[1];
  return seconds === undefined ? FRESH_MS : Math.min(Number(seconds) * 1000, FRESH_MAX_MS);
}
