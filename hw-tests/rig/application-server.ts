import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that came to the application. */
export interface Told {
  readonly path: string;
  readonly method: string;
  /** As it was asked for. */
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  /** What its body holds, JSON or a form. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The same with what its query holds. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** An application of the box: answers by path, and all that it was told. */
export class ApplicationServer {
  readonly told: Told[] = [];
  /** By path: an NCCO, what stands in a TwiML's Response, a sound, or a status. */
  readonly answers = new Map<string, readonly unknown[] | string | Buffer | number>();
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));

  async open(): Promise<this> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  /** What was told at that path, in order. */
  at(path: string): Told[] {
    return this.told.filter(each => each.path === path);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const isJson = request.headers['content-type']?.startsWith('application/json');
    const body = (isJson ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text))) as Told['body'];
    const { pathname: path, searchParams, href: url } = new URL(this.url(request.url ?? '/'));
    const fields = { ...Object.fromEntries(searchParams), ...body };
    this.told.push({ path, method: request.method ?? '', url, headers: request.headers, body, fields });
    const answer = this.answers.get(path);
    if (answer === undefined) response.writeHead(204).end();
    else if (typeof answer === 'number')
      response.writeHead(answer, { 'content-type': 'text/html' }).end('<html>no</html>');
    else if (Buffer.isBuffer(answer)) response.writeHead(200, { 'content-type': 'audio/wav' }).end(answer);
    else if (typeof answer === 'string')
      response.writeHead(200, { 'content-type': 'text/xml' }).end(`<Response>${answer}</Response>`);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }
}
