import http from 'node:http';
import type { Application } from '../rig/application.ts';

/** Dials over connections that are kept open, and tells when each request left. */
export class RestClient {
  readonly #application: Application;
  readonly #credential: string;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 8 });

  constructor(application: Application) {
    this.#application = application;
    this.#credential = application.credential();
  }

  /** @returns the moment before the request was written, monotonic nanoseconds. @throws unless it was answered 200 */
  dial(sessionId: string, uri: string): Promise<number> {
    const application = this.#application;
    const body = JSON.stringify({ sessionId, token: application.token(sessionId), sip: { uri } });
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-opentok-auth': this.#credential,
    };
    const url = `${application.url}${application.projectPath('dial')}`;
    return new Promise((resolve, reject) => {
      const request = http.request(url, { method: 'POST', headers, agent: this.#agent });
      request.once('error', reject);
      request.once('response', response => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', chunk => {
          text += chunk;
        });
        response.once('end', () => {
          if (response.statusCode === 200) resolve(sentAt);
          else reject(new Error(`dial was answered ${response.statusCode}: ${text}`));
        });
      });
      const sentAt = Number(process.hrtime.bigint());
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
