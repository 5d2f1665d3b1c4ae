import mqtt from 'mqtt';
import { until, within } from './until.ts';

export interface Message {
  readonly topic: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly retained: boolean;
  readonly qos: number;
}

export interface ListenerOptions {
  /** Default: everything of Crosspoint. */
  readonly filter?: string;
  /** Keeps a session of that name at the broker, and comes back to it at once when the connection is lost. */
  readonly session?: string;
  /** PEM, for a broker that asks for a certificate. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** An operator's client: subscribes and keeps what comes. */
export class MqttListener {
  readonly messages: Message[] = [];
  readonly #client: mqtt.MqttClient;
  readonly #filter: string;

  static async open(
    url: string,
    { filter = 'crosspoint/#', session, tls }: ListenerOptions = {},
  ): Promise<MqttListener> {
    const { protocol, host, username, password } = new URL(url);
    const client = mqtt.connect(`${protocol}//${host}`, {
      // Taken apart here: the library would split a password at its colon.
      ...(username && { username: decodeURIComponent(username), password: decodeURIComponent(password) }),
      ...tls,
      connectTimeout: 3_000,
      reconnectPeriod: session === undefined ? 0 : 50,
      ...(session !== undefined && { clientId: session, clean: false }),
    });
    const listener = new MqttListener(client, filter);
    await within(
      5_000,
      'connecting to the broker',
      new Promise<void>((resolve, reject) => {
        client.once('connect', () => resolve());
        client.once('error', reject);
        client.once('close', () => reject(new Error('the broker closed the connection')));
      }),
    ).catch(error => {
      client.end(true);
      throw error;
    });
    await client.subscribeAsync(filter, { qos: 1 });
    return listener;
  }

  private constructor(client: mqtt.MqttClient, filter: string) {
    this.#client = client;
    this.#filter = filter;
    client.on('error', () => {});
    client.on('message', (topic, payload, { retain, qos }) => {
      // An empty one clears what was retained.
      const text = payload.toString('utf8');
      const parsed = (text === '' ? {} : JSON.parse(text)) as Message['payload'];
      this.messages.push({ topic, payload: parsed, retained: retain, qos });
    });
  }

  on(pattern: RegExp): Message[] {
    return this.messages.filter(({ topic }) => pattern.test(topic));
  }

  /** The first message, past or to come, that satisfies `test`. */
  find(what: string, test: (message: Message) => boolean, limitMs = 10_000): Promise<Message> {
    return until(what, () => this.messages.find(test), {
      limitMs,
      state: () => this.messages.slice(-20).map(({ topic, payload }) => [topic, payload]),
    }) as Promise<Message>;
  }

  get connected(): boolean {
    return this.#client.connected;
  }

  /** Resolves when the broker has answered once more: it knows what is subscribed to, and what it sent before is here. */
  async settled(): Promise<void> {
    await this.#client.subscribeAsync(this.#filter, { qos: 1 });
  }

  /** Publishes as the same client. */
  async publish(topic: string, payload: unknown, retain = false): Promise<void> {
    await this.#client.publishAsync(topic, JSON.stringify(payload), { qos: 1, retain });
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }
}
