import { WebSocket } from 'ws';

/** A message of the box; what it carries depends on its type. */
export interface Told {
  readonly n: number;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what they have asked for
  readonly [key: string]: any;
}

export interface EventClientOptions {
  readonly protocol?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client of the event channel, for tests: all that it is told, and a way to wait for it. */
export class EventClient {
  readonly socket: WebSocket;
  readonly told: Told[] = [];
  /** Code and reason of the close frame. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  #id = 0;
  #seen = 0;
  #woken: () => void = () => {};

  /** @param url http://host:port */
  constructor(url: string, session: string, { protocol = 'crosspoint.v1', headers = {} }: EventClientOptions = {}) {
    const path = `${url.replace(/^http/, 'ws')}/v2/session/${session}/events`;
    this.socket = new WebSocket(path, protocol, { headers });
    this.socket.on('error', () => {});
    this.socket.on('message', data => {
      this.told.push(JSON.parse(String(data)) as Told);
      this.#woken();
    });
    this.closed = new Promise(resolve =>
      this.socket.once('close', (code, reason) => {
        resolve({ code, reason: String(reason) });
        this.#woken();
      }),
    );
  }

  /** A client that has entered. */
  static async entered(url: string, session: string, token: string): Promise<EventClient> {
    const client = new EventClient(url, session);
    await client.connect(token);
    return client;
  }

  /** A client that has come back. */
  static async resumed(url: string, session: string, key: string, last: number): Promise<EventClient> {
    const client = new EventClient(url, session);
    await client.opened();
    client.send({ type: 'connect', token: '', resume: { key, last } });
    return client;
  }

  async opened(): Promise<void> {
    if (this.socket.readyState === WebSocket.OPEN) return;
    await new Promise((resolve, reject) => {
      this.socket.once('open', resolve);
      this.socket.once('error', reject);
    });
  }

  async connect(token: string): Promise<Told> {
    await this.opened();
    this.send({ type: 'connect', token });
    return this.next('connected');
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Asks for something; the reply. */
  async ask(type: string, rest: Readonly<Record<string, unknown>> = {}): Promise<Told> {
    const id = ++this.#id;
    this.send({ type, id, ...rest });
    return this.until(`a reply to ${type}`, () => this.told.find(each => each.type === 'reply' && each.re === id));
  }

  /** The next message of that type, each once and in order; others in between are passed over. */
  next(type: string): Promise<Told> {
    return this.until(type, () => {
      while (this.#seen < this.told.length) {
        const told = this.told[this.#seen++];
        if (told?.type === type) return told;
      }
      return undefined;
    });
  }

  async until<T>(what: string, probe: () => T | undefined, limitMs = 8_000): Promise<T> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const found = probe();
      if (found !== undefined) return found;
      const left = deadline - performance.now();
      if (left <= 0 || this.socket.readyState === WebSocket.CLOSED)
        throw new Error(`in vain waited for ${what}; told: ${JSON.stringify(this.told).slice(-2000)}`);
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, left);
        this.#woken = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  get lastNumber(): number {
    return this.told.at(-1)?.n ?? 0;
  }

  types(): string[] {
    return this.told.map(({ type }) => type);
  }

  /** The TCP connection breaks, without a close frame. */
  cut(): void {
    this.socket.terminate();
  }

  /** Leaves. */
  async leave(): Promise<void> {
    this.socket.close(1000);
    await this.closed;
  }
}
