import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';

export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

type Answer = (asked: Asked, response: ServerResponse, url: URL) => void;

const KIB_OF_A = Buffer.alloc(1024, 'a');

/** What an application's server can do to who asks it; `?body=` and `?type=` set what the good ones say. */
const answers: Readonly<Record<string, Answer>> = {
  '/ok': (_asked, response, url) => end(response, 200, url),
  '/status': (_asked, response, url) => end(response, Number(url.searchParams.get('of')), url),
  '/silent': () => undefined,
  /** A header, and a byte a tenth of a second. */
  '/drip': (_asked, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 100);
    response.on('close', () => clearInterval(timer));
  },
  '/endless': (_asked, response) => {
    response.writeHead(200);
    const more = () => {
      while (response.write(KIB_OF_A));
    };
    response.on('drain', more);
    more();
  },
  /** Says how large it is. */
  '/large': (_asked, response, url) => {
    const bytes = Number(url.searchParams.get('bytes'));
    response.writeHead(200, { 'content-length': bytes }).end(Buffer.alloc(bytes));
  },
  '/loop': (_asked, response) => response.writeHead(302, { location: '/loop' }).end(),
  '/redirect': (_asked, response, url) =>
    response
      .writeHead(Number(url.searchParams.get('status') ?? 302), { location: url.searchParams.get('to') ?? '' })
      .end('elsewhere'),
  '/html': (_asked, response) =>
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<!DOCTYPE html><html><body>Hello'),
  /** Half of what it promised. */
  '/hang-up': (_asked, response) => {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('[{"action"', () => response.socket?.destroy());
  },
  '/gzip': (_asked, response, url) => packed(response, url, 'gzip', gzipSync),
  '/deflate': (_asked, response, url) => packed(response, url, 'deflate', deflateSync),
  /** 16 MiB that come as 16 KiB. */
  '/gzip-bomb': (_asked, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(16 * 1024 * 1024))),
  '/no-gzip': (_asked, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip'),
  '/latin1': (_asked, response) =>
    response
      .writeHead(200, { 'content-type': 'text/xml; charset=ISO-8859-1' })
      .end(Buffer.from('<Say>Grüße</Say>', 'latin1')),
  '/no-http': (_asked, response) => response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n'),
};

/** A server of an application's that behaves as its path says. */
export class HostileServer {
  readonly asked: Asked[] = [];
  /** Answers paths of a test's own. */
  readonly answers = new Map<string, Answer>(Object.entries(answers));
  readonly #server = createServer();
  readonly #sockets = new Set<Socket>();
  readonly #watchers = new Set<() => void>();

  async start(): Promise<this> {
    this.#server.on('connection', socket => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#look();
      });
    });
    this.#server.on('request', async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { method = '', url: path = '', headers } = request;
      const asked = { method, path, headers, text: Buffer.concat(chunks).toString() };
      this.asked.push(asked);
      const url = new URL(path, this.url(''));
      const answer = this.answers.get(url.pathname);
      if (answer) answer(asked, response, url);
      else response.writeHead(404).end();
      this.#look();
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that are open. */
  get open(): number {
    return this.#sockets.size;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Resolves when it holds; looked at after every request, and at every end of a connection. */
  async until(condition: (server: this) => boolean): Promise<void> {
    if (condition(this)) return;
    await new Promise<void>(resolve => {
      const watcher = () => {
        if (!condition(this)) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
    });
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #look(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

function end(response: ServerResponse, status: number, url: URL): void {
  const type = url.searchParams.get('type') ?? 'application/json';
  response.writeHead(status, { 'content-type': type }).end(url.searchParams.get('body') ?? '[]');
}

function packed(response: ServerResponse, url: URL, encoding: string, pack: (body: string) => Buffer): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding });
  response.end(pack(url.searchParams.get('body') ?? '[]'));
}
