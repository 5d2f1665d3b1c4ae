import { type LookupOptions, lookup as systemLookup } from 'node:dns';
import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { isPrivateAddress } from '../base/private-address.ts';

export type PostResult =
  | { readonly ok: true }
  /** final: the far end wants this never again. */
  | { readonly ok: false; readonly reason: string; readonly final?: boolean };

export interface HttpPostOptions {
  /** false: loopback, private and link-local addresses are refused, whatever name leads there. */
  readonly allowPrivateTargets: boolean;
  readonly clock: Clock;
  /** For connection, answer and body together. */
  readonly timeoutMs: number;
  /** getaddrinfo by default. */
  readonly lookup?: LookupFunction;
}

/** The one status that says of itself that it will last (RFC 9110 §15.5.11). */
const GONE = 410;
/** More of an answer's body than this is not worth keeping the connection for. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * Posts JSON and looks at the status only: 2xx is ok. Redirects are not followed, bodies are thrown away.
 *
 * The address check is done on what the connection is opened to, so a name that resolves anew in between changes nothing.
 * Reasons never contain the URL.
 */
export class HttpPost {
  readonly #options: HttpPostOptions;
  readonly #agents: { readonly http: http.Agent; readonly https: https.Agent };
  readonly #open = new Set<http.ClientRequest>();
  #closed = false;

  constructor(options: HttpPostOptions) {
    this.#options = options;
    const agent = { keepAlive: true, maxFreeSockets: 8, timeout: 30_000, lookup: this.#lookup };
    this.#agents = { http: new http.Agent(agent), https: new https.Agent(agent) };
  }

  async post(url: URL, body: string, headers: Readonly<Record<string, string>>): Promise<PostResult> {
    if (this.#closed) return { ok: false, reason: 'closed' };
    // A literal address is connected to without a lookup.
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (!this.#options.allowPrivateTargets && isIP(host) !== 0 && isPrivateAddress(host)) {
      return { ok: false, reason: 'the address is private' };
    }
    const first = await this.#attempt(url, body, headers);
    // The server may close a kept connection in the very moment in which it is used again (RFC 9112 §9.3.1).
    return first === 'stale' ? this.#finish(await this.#attempt(url, body, headers)) : first;
  }

  close(): void {
    this.#closed = true;
    for (const request of this.#open) request.destroy(new Error('closed'));
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }

  #finish(result: PostResult | 'stale'): PostResult {
    return result === 'stale' ? { ok: false, reason: 'the connection was reset' } : result;
  }

  #attempt(url: URL, body: string, headers: Readonly<Record<string, string>>): Promise<PostResult | 'stale'> {
    return new Promise(resolve => {
      const secure = url.protocol === 'https:';
      const request = (secure ? https : http).request(url, {
        method: 'POST',
        agent: secure ? this.#agents.https : this.#agents.http,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'Crosspoint',
          ...headers,
        },
        maxHeaderSize: 16 * 1024,
      });
      this.#open.add(request);
      let status: number | undefined;
      const timer = this.#options.clock.after(this.#options.timeoutMs, () => request.destroy(new Error('timed out')));
      const done = (error: NodeJS.ErrnoException | null) => {
        timer.stop();
        this.#open.delete(request);
        if (status !== undefined) resolve(verdict(status));
        else if (request.reusedSocket && error?.code === 'ECONNRESET' && !this.#closed) resolve('stale');
        else resolve({ ok: false, reason: error?.code ?? error?.message ?? 'no answer' });
      };
      request.on('response', response => {
        status = response.statusCode ?? 0;
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > MAX_BODY_BYTES) request.destroy();
        });
        response.on('error', () => undefined);
        response.on('close', () => done(null));
      });
      request.on('error', done);
      request.on('close', () => done(null));
      request.end(body);
    });
  }

  readonly #lookup: LookupFunction = (hostname, options: LookupOptions, callback) => {
    const { allowPrivateTargets, lookup = systemLookup as LookupFunction } = this.#options;
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const all = typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found;
      const allowed = allowPrivateTargets ? all : all.filter(({ address }) => !isPrivateAddress(address));
      const first = allowed[0];
      if (!first) return callback(new Error('the address is private'), []);
      if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

function verdict(status: number): PostResult {
  if (status >= 200 && status < 300) return { ok: true };
  if (status === GONE) return { ok: false, reason: `answered ${status}`, final: true };
  const redirects = status >= 300 && status < 400;
  return { ok: false, reason: `answered ${status}${redirects ? ', and redirects are not followed' : ''}` };
}
