import mqtt from 'mqtt';
import { until, within } from './until.ts';

export interface Message {
  readonly topic: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly retained: boolean;
  readonly qos: number;
}

/** An operator's client: subscribes to everything of Crosspoint and keeps what comes. */
export class MqttListener {
  readonly messages: Message[] = [];
  readonly #client: mqtt.MqttClient;

  static async open(url: string): Promise<MqttListener> {
    const { protocol, host, username, password } = new URL(url);
    const client = mqtt.connect(`${protocol}//${host}`, {
      // Taken apart here: the library would split a password at its colon.
      ...(username && { username: decodeURIComponent(username), password: decodeURIComponent(password) }),
      connectTimeout: 3_000,
      reconnectPeriod: 0,
    });
    const listener = new MqttListener(client);
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
    await client.subscribeAsync('crosspoint/#', { qos: 1 });
    return listener;
  }

  private constructor(client: mqtt.MqttClient) {
    this.#client = client;
    client.on('error', () => {});
    client.on('message', (topic, payload, { retain, qos }) => {
      const parsed = JSON.parse(payload.toString('utf8')) as Message['payload'];
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

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }
}
