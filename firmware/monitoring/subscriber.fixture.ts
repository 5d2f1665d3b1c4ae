import { connectAsync, type MqttClient } from 'mqtt';

export interface Heard {
  readonly topic: string;
  readonly retain: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into every kind of payload
  readonly payload: any;
}

/** A reader on a broker: keeps what it hears. */
export class Subscriber {
  readonly heard: Heard[] = [];
  #client: MqttClient | null = null;
  readonly #watchers = new Set<() => void>();

  async start(url: string, topic = 'crosspoint/#'): Promise<this> {
    const { hostname: host, port, username, password } = new URL(url);
    const login = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
    const client = await connectAsync({ host, port: Number(port), ...login, reconnectPeriod: 0, protocolVersion: 4 });
    this.#client = client;
    client.on('error', () => undefined);
    client.on('message', (name, payload, { retain }) => {
      // An empty one clears what was retained.
      const text = payload.toString();
      this.heard.push({ topic: name, retain, payload: text === '' ? {} : JSON.parse(text) });
      for (const watcher of this.#watchers) watcher();
    });
    await client.subscribeAsync(topic, { qos: 1 });
    return this;
  }

  events(): Heard[] {
    return this.heard.filter(({ topic }) => topic.endsWith('/event'));
  }

  async until(condition: (heard: readonly Heard[]) => boolean): Promise<void> {
    if (condition(this.heard)) return;
    await new Promise<void>(resolve => {
      const watcher = () => {
        if (!condition(this.heard)) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
    });
  }

  /** Resolves when the broker has answered once more: what it sent before is here. */
  async settled(): Promise<void> {
    const client = this.#client;
    if (!client?.connected) return;
    const closed = new Promise<void>(resolve => client.once('close', () => resolve()));
    await Promise.race([closed, client.unsubscribeAsync('crosspoint/nothing').catch(() => undefined)]);
  }

  async close(): Promise<void> {
    await this.#client?.endAsync(true);
  }
}
