import * as http from 'node:http';
import * as https from 'node:https';
import type { Clock } from '../base/clock.ts';
import { mayReach, PrivateAddress, publicLookup, type Reach } from '../base/public-lookup.ts';

export type PostResult =
  | { readonly ok: true }
  /** final: the far end wants this never again. */
  | { readonly ok: false; readonly reason: string; readonly final?: boolean };

export interface HttpPostOptions extends Reach {
  readonly clock: Clock;
  /** For connection, answer and body together. */
  readonly timeoutMs: number;
}

/** What is sent. */
export interface PostedRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** Empty of GET. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The one status that says of itself that it will last (RFC 9110 §15.5.11). */
const GONE = 410;
/** More of an answer's body than this is not worth keeping the connection for. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * Sends and looks at the status only: 2xx is ok. Redirects are not followed, bodies are thrown away.
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
    const agent = { keepAlive: true, maxFreeSockets: 8, timeout: 30_000, lookup: publicLookup(options) };
    this.#agents = { http: new http.Agent(agent), https: new https.Agent(agent) };
  }

  /** Posts JSON. */
  post(url: URL, body: string, headers: Readonly<Record<string, string>>): Promise<PostResult> {
    return this.send({ method: 'POST', url, body, headers: { 'content-type': 'application/json', ...headers } });
  }

  async send(sent: PostedRequest): Promise<PostResult> {
    if (this.#closed) return { ok: false, reason: 'closed' };
    if (!mayReach(sent.url, this.#options)) return { ok: false, reason: 'the address is private' };
    const first = await this.#attempt(sent);
    // The server may close a kept connection in the very moment in which it is used again (RFC 9112 §9.3.1).
    return first === 'stale' ? this.#finish(await this.#attempt(sent)) : first;
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

  #attempt({ method, url, body, headers }: PostedRequest): Promise<PostResult | 'stale'> {
    return new Promise(resolve => {
      const secure = url.protocol === 'https:';
      const request = (secure ? https : http).request(url, {
        method,
        agent: secure ? this.#agents.https : this.#agents.http,
        headers: {
          ...(method === 'POST' && { 'content-length': Buffer.byteLength(body) }),
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
        else resolve({ ok: false, reason: reasonOf(error) });
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
}

function verdict(status: number): PostResult {
  if (status >= 200 && status < 300) return { ok: true };
  if (status === GONE) return { ok: false, reason: `answered ${status}`, final: true };
  const redirects = status >= 300 && status < 400;
  return { ok: false, reason: `answered ${status}${redirects ? ', and redirects are not followed' : ''}` };
}

function reasonOf(error: NodeJS.ErrnoException | null): string {
  if (error instanceof PrivateAddress) return error.message;
  return error?.code ?? error?.message ?? 'no answer';
}
