import mqtt from 'mqtt';

/** The part of a call event's payload that the demo looks at. */
export interface SeenEvent {
  readonly event: string;
  readonly state?: string;
  readonly reason?: { readonly code: string };
  readonly call: { readonly id: string };
}

/** Where the box's events are, and as whom to read them. */
export interface BrokerAccess {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** Watches every call event of the box on its broker. */
export class EventWatch {
  readonly #client: mqtt.MqttClient;
  readonly #seen: SeenEvent[] = [];
  readonly #waiting = new Set<() => void>();

  private constructor(client: mqtt.MqttClient, onEvent: (event: SeenEvent) => void) {
    this.#client = client;
    client.on('message', (_topic, payload) => {
      const event = JSON.parse(payload.toString()) as SeenEvent;
      this.#seen.push(event);
      onEvent(event);
      for (const look of this.#waiting) look();
    });
  }

  static async open({ url, ...login }: BrokerAccess, onEvent: (event: SeenEvent) => void): Promise<EventWatch> {
    const client = await mqtt.connectAsync(url, { ...login, reconnectPeriod: 0, connectTimeout: 3_000 });
    const watch = new EventWatch(client, onEvent);
    await client.subscribeAsync('crosspoint/+/project/+/call/+/event', { qos: 1 });
    return watch;
  }

  /** Resolves when such an event has been seen, now or before. */
  until(matches: (event: SeenEvent) => boolean, what: string, limitMs = 8_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (settle: () => void) => {
        clearTimeout(limit);
        this.#waiting.delete(look);
        settle();
      };
      const look = () => {
        if (this.#seen.some(matches)) done(resolve);
      };
      const limit = setTimeout(
        () => done(() => reject(new Error(`no event within ${limitMs / 1000} s: ${what}`))),
        limitMs,
      );
      this.#waiting.add(look);
      look();
    });
  }

  async close(): Promise<void> {
    await this.#client.endAsync();
  }
}
