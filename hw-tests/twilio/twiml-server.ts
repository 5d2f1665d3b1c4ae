import http from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';

/** A request that came to the application. */
export interface Told {
  readonly path: string;
  readonly method: string;
  readonly fields: Readonly<Record<string, string>>;
  /** By the SDK's own check, with the account's token. */
  readonly genuine: boolean;
}

/** An application: TwiML by path, sounds, and all that it was told. */
export class TwimlServer {
  readonly told: Told[] = [];
  /** By path: TwiML, a sound, or a status. */
  readonly answers = new Map<string, string | Buffer | number>();
  readonly #token: string;
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));

  private constructor(token: string) {
    this.#token = token;
  }

  static async open(token: string): Promise<TwimlServer> {
    const server = new TwimlServer(token);
    await new Promise<void>(resolve => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
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
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
    const url = new URL(this.url(request.url ?? '/'));
    const signature = String(request.headers['x-twilio-signature'] ?? '');
    this.told.push({
      path: url.pathname,
      method: request.method ?? '',
      fields: { ...Object.fromEntries(url.searchParams), ...form },
      genuine: twilio.validateRequest(this.#token, signature, url.href, form),
    });
    const answer = this.answers.get(url.pathname);
    if (typeof answer === 'number') response.writeHead(answer, { 'content-type': 'text/html' }).end('<html>no</html>');
    else if (Buffer.isBuffer(answer)) response.writeHead(200, { 'content-type': 'audio/wav' }).end(answer);
    else if (answer === undefined) response.writeHead(204).end();
    else response.writeHead(200, { 'content-type': 'text/xml' }).end(`<Response>${answer}</Response>`);
  }
}
