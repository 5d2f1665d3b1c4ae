import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Agent, type Dispatcher, request } from 'undici';
import type { Clock } from '../../base/clock.ts';
import { mayReach, publicLookup, type Reach } from '../../base/public-lookup.ts';
import { within } from '../waiting.ts';
import { BadStatus, type WebRequest } from '../web.ts';
import { asFetchError, fetchError, TookTooLong } from './fetch-error.ts';

export interface WebClientOptions extends Reach {
  readonly clock: Clock;
  /** For a connection. */
  readonly connectMs?: number;
}

/** What came back; its body unpacked. */
export interface WebAnswer {
  /** Where it lay in the end. */
  readonly url: URL;
  readonly status: number;
  header(name: string): string;
  readonly body: Readable;
}

export interface FetchTerms<T> {
  /** For connections, answers and bodies together. */
  readonly timeoutMs: number;
  /** Statuses beside 2xx that are no failure. */
  readonly alsoFine?: number;
  /** Reads what it wants of the body; the rest is thrown away. */
  readonly read: (answer: WebAnswer) => Promise<T>;
}

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Of a body that nobody reads: more is not worth keeping the connection for. */
const THROWN_AWAY_BYTES = 16 * 1024;

/**
 * Fetches as a browser would, within bounds: redirects are followed, but not from https to http, and private addresses are
 * refused at what the connection is opened to. Every failure is one of `fetchFailures`.
 */
export class WebClient {
  readonly #options: WebClientOptions;
  readonly #agent: Agent;

  constructor(options: WebClientOptions) {
    this.#options = options;
    this.#agent = new Agent({
      connect: { lookup: publicLookup(options), timeout: options.connectMs ?? 5_000 },
      // The whole has a limit: `timeoutMs`.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: 16 * 1024,
      keepAliveTimeout: 10_000,
      keepAliveMaxTimeout: 30_000,
    });
  }

  /**
   * @throws CrosspointError script.fetch-…; the signal's reason
   */
  async fetch<T>(asked: WebRequest, { timeoutMs, alsoFine, read }: FetchTerms<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const limit = within(signal);
    const timer = this.#options.clock.after(timeoutMs, () =>
      limit.abort(new TookTooLong(`There was no whole answer within ${timeoutMs / 1000} s`)),
    );
    try {
      const answer = await this.#follow(asked, limit.signal);
      try {
        if (answer.status !== alsoFine && (answer.status < 200 || answer.status > 299))
          throw new BadStatus(answer.status, `The answer was ${answer.status}`);
        return await read(answer);
      } finally {
        answer.body.destroy();
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw asFetchError(limit.signal.aborted ? limit.signal.reason : error);
    } finally {
      timer.stop();
      limit.close();
    }
  }

  /** What is under way is broken off. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #follow(asked: WebRequest, signal: AbortSignal): Promise<WebAnswer> {
    let next = asked;
    for (let hops = 0; ; hops++) {
      const { url } = next;
      if (!/^https?:$/.test(url.protocol)) throw fetchError('script.fetch-refused', 'It is no http(s) URL');
      if (!mayReach(url, this.#options))
        throw fetchError('script.fetch-refused', 'The address is private, and allowPrivateTargets is off');
      const { statusCode, headers, body } = await this.#ask(next, signal);
      // Who reads it learns of what goes wrong; who does not, need not.
      body.on('error', () => undefined);
      const header = (name: string) => [headers[name] ?? ''].flat()[0] ?? '';
      const location = REDIRECTS.has(statusCode) ? header('location') : '';
      if (location === '') return { url, status: statusCode, header, body: unpacked(body, header('content-encoding')) };
      await body.dump({ limit: THROWN_AWAY_BYTES, signal });
      if (hops >= MAX_REDIRECTS)
        throw fetchError('script.fetch-redirects', `The answers lead on more than ${MAX_REDIRECTS} times`);
      next = redirected(next, statusCode, location);
    }
  }

  #ask({ url, method, headers, body }: WebRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const bare = new URL(url);
    bare.username = '';
    bare.password = '';
    return request(bare, {
      dispatcher: this.#agent,
      method,
      headers: { 'user-agent': 'Crosspoint', 'accept-encoding': 'gzip, deflate', ...passwordOf(url), ...headers },
      body,
      signal,
    });
  }
}

/** As browsers do it: what was posted is posted again with 307 and 308 alone. @throws CrosspointError script.fetch-redirects */
function redirected(asked: WebRequest, status: number, location: string): WebRequest {
  const url = URL.canParse(location, asked.url.href) ? new URL(location, asked.url) : null;
  if (!url) throw fetchError('script.fetch-redirects', 'The answer leads to what is no URL');
  if (asked.url.protocol === 'https:' && url.protocol !== 'https:')
    throw fetchError('script.fetch-redirects', 'The answer leads from https to what is not https');
  const elsewhere = url.origin !== asked.url.origin;
  const headers = elsewhere ? without(asked.headers, ['authorization', 'cookie']) : asked.headers;
  if (status === 307 || status === 308 || asked.method === 'GET') return { ...asked, url, headers };
  return { url, method: 'GET', headers: without(headers, ['content-type', 'content-length']), body: null };
}

function without(headers: WebRequest['headers'], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase())));
}

/** Basic authentication (RFC 7617) for a password in the URL. */
function passwordOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const login = [username, password].map(decoded).join(':');
  return { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @throws CrosspointError script.not-a-script */
function unpacked(body: Readable, encoding: string): Readable {
  const unpacker = unpackerOf(encoding.trim().toLowerCase());
  if (unpacker === null) return body;
  if (unpacker === 'unknown') {
    body.destroy();
    throw fetchError('script.not-a-script', 'What came is packed in a way that the box did not ask for');
  }
  return pipeline(body, unpacker, () => undefined).on('error', () => undefined);
}

function unpackerOf(encoding: string) {
  switch (encoding) {
    case '':
    case 'identity':
      return null;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return 'unknown';
  }
}
