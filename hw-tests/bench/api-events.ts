import mqtt from 'mqtt';
import type { OwnBox } from '../rig/own-box.ts';
import type { WebhookReceiver } from '../rig/webhook-receiver.ts';

/** How long events took from what happened to whoever is told, milliseconds; the box's clock and ours are one. */
export interface EventDelays {
  readonly webhook: readonly number[];
  readonly mqtt: readonly number[];
}

/** Hears of the events of calls, by webhook and by MQTT. */
export class EventDelayWatch {
  readonly #webhook: WebhookReceiver;
  readonly #client: mqtt.MqttClient;
  readonly #mqtt: number[] = [];

  static async open(box: OwnBox, webhook: WebhookReceiver): Promise<EventDelayWatch> {
    const { protocol, host, username, password } = new URL(box.facts.mqttUrl);
    const client = await mqtt.connectAsync(`${protocol}//${host}`, {
      username: decodeURIComponent(username),
      password: decodeURIComponent(password),
      reconnectPeriod: 0,
    });
    const watch = new EventDelayWatch(client, webhook);
    await client.subscribeAsync(`crosspoint/${box.facts.name}/project/+/call/+/event`, { qos: 1 });
    webhook.clear();
    return watch;
  }

  private constructor(client: mqtt.MqttClient, webhook: WebhookReceiver) {
    this.#client = client;
    this.#webhook = webhook;
    client.on('message', (_topic, payload) => {
      const at = Date.now();
      const { time } = JSON.parse(payload.toString('utf8')) as { time: number };
      this.#mqtt.push(at - time);
    });
  }

  get delays(): EventDelays {
    const webhook = this.#webhook.received.flatMap(({ path, at, body: { timestamp } }) =>
      path === '/sip' && timestamp !== undefined ? [at - timestamp] : [],
    );
    return { webhook, mqtt: [...this.#mqtt] };
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }
}
