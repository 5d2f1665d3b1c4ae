import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../rig/until.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** An application of the Voice API: answers with NCCOs and sounds, and keeps what it was told. */
export class NccoServer {
  readonly told: { readonly path: string; readonly method: string; readonly fields: Fields }[] = [];
  /** By path: an NCCO, or a sound. */
  readonly answers = new Map<string, unknown[] | Buffer>();
  readonly #server: http.Server;

  static async open(): Promise<NccoServer> {
    const server = new NccoServer();
    await new Promise<void>(resolve => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  private constructor() {
    this.#server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', chunk => chunks.push(chunk as Buffer));
      request.on('end', () => this.#take(request, Buffer.concat(chunks).toString('utf8'), response));
    });
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  /** What was told there of a call, in order. */
  of(uuid: string, path = '/events'): Fields[] {
    return this.told.filter(each => each.path === path && each.fields.uuid === uuid).map(({ fields }) => fields);
  }

  statuses(uuid: string): string[] {
    return this.of(uuid).flatMap(({ status }) => (typeof status === 'string' ? status : []));
  }

  async ended(uuid: string): Promise<Fields> {
    return until('the end to be told', () => this.of(uuid).find(({ status }) => status === 'completed'), {
      limitMs: 15_000,
      state: () => this.told,
    });
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise(resolve => this.#server.close(() => resolve()));
  }

  #take(request: http.IncomingMessage, body: string, response: http.ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://app');
    const fields = request.method === 'GET' ? Object.fromEntries(url.searchParams) : (JSON.parse(body) as Fields);
    this.told.push({ path: url.pathname, method: request.method ?? '', fields });
    const answer = this.answers.get(url.pathname);
    if (Buffer.isBuffer(answer)) response.writeHead(200, { 'content-type': 'audio/wav' }).end(answer);
    else if (answer) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    else response.writeHead(200, { 'content-type': 'text/plain' }).end('OK');
  }
}
