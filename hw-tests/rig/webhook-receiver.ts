import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from './until.ts';

/** What the monitoring APIs post (CONTRACT §1.12, §1.13), as far as the tests look at it. */
export interface Notice {
  readonly event: string;
  readonly sessionId?: string;
  readonly projectId?: string;
  readonly timestamp?: number;
  readonly call?: { readonly id: string; readonly connectionId: string | null; readonly createdAt: number };
  readonly state?: string;
  readonly reason_code?: string;
  readonly reason_message?: string;
  readonly connection?: { readonly id: string; readonly createdAt: number; readonly data: string };
  readonly stream?: { readonly id: string };
  readonly reason?: string;
}

export interface Received {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Notice;
  /** Date.now() when it had come in whole. */
  readonly at: number;
}

/** How it answers: a status at once, a status after a while, by tearing the connection down, or not at all. */
export type Mood =
  | { readonly status: number; readonly afterMs?: number; readonly headers?: Readonly<Record<string, string>> }
  | 'reset'
  | 'hang';

/** An application's webhook. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  /** What was sent and was no JSON by POST. */
  readonly strange: string[] = [];
  /** Attempts, answered well or not. */
  attempts = 0;
  mood: Mood = { status: 204 };
  readonly #byConnection = new Map<string, Notice[]>();
  readonly #server: http.Server;

  static async open(host = '127.0.0.1', port = 0): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await new Promise<void>((resolve, reject) => {
      receiver.#server.once('error', reject);
      receiver.#server.listen(port, host, resolve);
    });
    return receiver;
  }

  private constructor() {
    this.#server = http.createServer((request, response) => this.#take(request, response));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path: string): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address}:${port}${path}`;
  }

  #take(request: http.IncomingMessage, response: http.ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', chunk => chunks.push(chunk as Buffer));
    request.on('end', () => {
      this.attempts++;
      const mood = this.mood;
      if (mood === 'reset') {
        request.socket.resetAndDestroy();
        return;
      }
      if (mood === 'hang') return;
      if (mood.status < 300) this.#keep(request, Buffer.concat(chunks).toString('utf8'));
      setTimeout(() => response.writeHead(mood.status, mood.headers).end(), mood.afterMs ?? 0);
    });
  }

  #keep(request: http.IncomingMessage, text: string): void {
    try {
      if (request.method !== 'POST' || !request.headers['content-type']?.startsWith('application/json')) {
        throw new Error(`${request.method} ${request.headers['content-type']}`);
      }
      const body = JSON.parse(text) as Notice;
      this.received.push({ path: request.url ?? '', headers: request.headers, body, at: Date.now() });
      const connection = body.call?.connectionId;
      if (!connection) return;
      const told = this.#byConnection.get(connection);
      if (told) told.push(body);
      else this.#byConnection.set(connection, [body]);
    } catch (error) {
      this.strange.push(`${error}: ${text.slice(0, 500)}`);
    }
  }

  /** The notices about the call of a connection, in the order in which they came. */
  ofConnection(connectionId: string): readonly Notice[] {
    return this.#byConnection.get(connectionId) ?? [];
  }

  /** Forgets what it received. */
  clear(): void {
    this.received.length = 0;
    this.#byConnection.clear();
  }

  /** Waits for a call to be over and returns all that was told of it. */
  async story(connectionId: string, limitMs = 10_000): Promise<readonly Notice[]> {
    await until(
      `callDestroyed of connection ${connectionId}`,
      () => this.ofConnection(connectionId).some(({ event }) => event === 'callDestroyed'),
      { limitMs, state: () => this.ofConnection(connectionId).map(briefly) },
    );
    return this.ofConnection(connectionId);
  }

  async state(connectionId: string, state: string, limitMs = 10_000): Promise<void> {
    await until(
      `${state} of connection ${connectionId}`,
      () => this.ofConnection(connectionId).some(notice => notice.state === state),
      { limitMs, state: () => this.ofConnection(connectionId).map(briefly) },
    );
  }

  close(): Promise<void> {
    return new Promise(resolve => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

/** "callCreated", "RINGING", "callDestroyed 486": a story in words for assertions. */
export function briefly(notice: Notice): string {
  if (notice.event === 'callUpdated') return notice.state ?? '?';
  return notice.reason_code === undefined ? notice.event : `${notice.event} ${notice.reason_code}`;
}
