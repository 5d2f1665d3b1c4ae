import http from 'node:http';
import { called, OpenTok, type OpentokSdk } from '../../firmware/api/testing/opentok-sdk.ts';
import type { Gateway } from './gateway.ts';

/** An application: the SDK makes sessions and tokens, calls are dialled over connections that are kept open. */
export class RestClient {
  readonly #gateway: Gateway;
  readonly #sdk: OpentokSdk;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 8 });

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    this.#sdk = new OpenTok(gateway.apiKey, gateway.apiSecret, gateway.httpUrl);
  }

  async createSession(): Promise<string> {
    const { sessionId } = await called<{ sessionId: string }>(callback =>
      this.#sdk.createSession({ mediaMode: 'routed' }, callback),
    );
    return sessionId;
  }

  /** @returns the moment before the request was written, monotonic nanoseconds. @throws unless it was answered 200 */
  async dial(sessionId: string, uri: string, credential: string): Promise<number> {
    const token = this.#sdk.generateToken(sessionId);
    const body = JSON.stringify({ sessionId, token, sip: { uri } });
    const { apiKey, httpUrl } = this.#gateway;
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-opentok-auth': credential,
    };
    return new Promise((resolve, reject) => {
      const request = http.request(`${httpUrl}/v2/project/${apiKey}/dial`, {
        method: 'POST',
        headers,
        agent: this.#agent,
      });
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
