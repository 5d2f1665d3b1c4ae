import http from 'node:http';

export interface TimedRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

export interface TimedAnswer {
  readonly status: number;
  readonly text: string;
  /** From before the request was written to the last byte of the answer. */
  readonly ms: number;
}

/** Requests over connections that are kept open, each with the time that it took. */
export class HttpTimer {
  readonly #url: string;
  readonly #agent: http.Agent;

  constructor(url: string, connections: number) {
    this.#url = url;
    this.#agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  }

  ask({ method, path, headers, json }: TimedRequest): Promise<TimedAnswer> {
    const body = json === undefined ? '' : JSON.stringify(json);
    const all = {
      ...headers,
      ...(json !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    return new Promise((resolve, reject) => {
      const request = http.request(`${this.#url}${path}`, { method, headers: all, agent: this.#agent });
      request.once('error', reject);
      request.once('response', response => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', chunk => {
          text += chunk;
        });
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, text, ms: performance.now() - startedAt }),
        );
      });
      const startedAt = performance.now();
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
