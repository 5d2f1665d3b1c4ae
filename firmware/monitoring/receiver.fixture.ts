import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** As it came. */
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown> & { call?: { id: string } };
}

/** A webhook's far end: keeps what it is sent, and answers as told. */
export class Receiver {
  readonly received: Received[] = [];
  /** 200 for all until a test says otherwise; called before the request counts as received. */
  answer: (request: Received, response: ServerResponse, socket: Socket) => void = (_request, response) =>
    response.writeHead(200).end();
  readonly #server = createServer();
  readonly #watchers = new Set<() => void>();

  async start(): Promise<this> {
    this.#server.on('request', async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      const isJson = request.headers['content-type'] === 'application/json';
      const body = isJson ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
      const { method = '', url: path = '', headers } = request;
      const received = { method, path, text, headers, body };
      this.received.push(received);
      this.answer(received, response, request.socket);
      for (const watcher of this.#watchers) watcher();
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** Resolves when the condition holds; looked at after every request. */
  async until(condition: (received: readonly Received[]) => boolean): Promise<void> {
    if (condition(this.received)) return;
    await new Promise<void>(resolve => {
      const watcher = () => {
        if (!condition(this.received)) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
    });
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
