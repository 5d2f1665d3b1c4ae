import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('opentok-page/', import.meta.url));
/** What the pages load, as their author has it. */
const VENDORS_SCRIPT = 'https://static.opentok.com/v2/js/opentok.min.js';
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };

/** The site of somebody whose pages were written for OpenTok.js: served as they are, but for the address of the script. */
export class OpenTokSite {
  readonly #server: Server;

  /** @param box its address */
  static async open(box: string): Promise<OpenTokSite> {
    const script = `${box}/client/crosspoint.js`;
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const type = types[path.extname(pathname)];
      if (!type || !/^\/[a-z]+\.[a-z]+$/.test(pathname)) {
        response.writeHead(404).end();
        return;
      }
      const text = readFileSync(path.join(folder, pathname), 'utf8').replace(VENDORS_SCRIPT, script);
      response.setHeader('content-type', `${type}; charset=utf-8`);
      // As somebody whose browser lets no page have the microphone.
      if (searchParams.has('noMicrophone')) response.setHeader('permissions-policy', 'microphone=()');
      response.end(text);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return new OpenTokSite(server);
  }

  private constructor(server: Server) {
    this.#server = server;
  }

  url(page: string, query: Readonly<Record<string, string>>): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://localhost:${port}/${page}?${new URLSearchParams(query)}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }
}
