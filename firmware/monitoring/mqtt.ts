import { randomUUID } from 'node:crypto';
import { connect, type MqttClient } from 'mqtt';
import type { Clock, Timer } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { OutboxRow } from '../store/rows.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import { parseEnvelope } from './envelope.ts';
import { mqttMessage } from './mqtt-message.ts';
import { MQTT_TARGET } from './targets.ts';
import { type Sample, type StatusMessage, statusTopic, type TelemetryMessage, telemetryTopic } from './topics.ts';

export interface MqttOptions {
  /** mqtt(s)://[user:password@]host:port */
  readonly url: string;
  /** Instead of those in the URL. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly box: string;
  readonly bootId: string;
  readonly store: {
    outbox(target: string, after: number, limit: number): Promise<readonly OutboxRow[]>;
    settle(target: string, rows: readonly number[]): Promise<void>;
  };
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
}

/** Published and not acknowledged; the rest waits in the outbox, never in the client. */
const IN_FLIGHT = 32;
const PAGE = 64;
/** A broker that says nothing for so long, to a connection or a message, is left for a new connection. */
const PATIENCE_MS = 10_000;
const GOODBYE_MS = 1000;
const backoff: Backoff = { firstMs: 500, lastMs: 30_000 };

/**
 * Publishes the outbox, in order, and what the box is doing, to one broker.
 *
 *   DOWN ──back-off──▶ CONNECTING ──CONNACK──▶ UP (status, telemetry, outbox from its first row)
 *    ▲                     │                    │
 *    └──────error, close, patience over─────────┘
 *
 * Each connection is a client object of its own: the library's way to reconnect would keep messages in its memory and
 * send them again beside the outbox.
 */
export class MqttPublisher {
  readonly #options: MqttOptions;
  #client: MqttClient | null = null;
  #connected = false;
  #failures = 0;
  #retry: Timer | null = null;
  #patience: Timer | null = null;
  #closed = false;
  #cursor = 0;
  #behind = false;
  #loading = false;
  #rows: OutboxRow[] = [];
  #inFlight = 0;
  #settled: Promise<void> = Promise.resolve();
  #published = 0;
  #sample: TelemetryMessage | null = null;
  #telemetrySequence = 0;
  #statusSequence = 0;

  constructor(options: MqttOptions) {
    this.#options = options;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Events that the broker acknowledged since start. */
  get published(): number {
    return this.#published;
  }

  /** Does not wait for the broker: nothing here depends on it. */
  start(): void {
    this.#connect();
  }

  /** There is something new in the outbox. */
  wake(): void {
    this.#behind = true;
    this.#pump();
  }

  /** Publishes a sample now if the broker is there; the last one is published again on the next connection. */
  telemetry(sample: Sample, time: number): void {
    const { box, bootId } = this.#options;
    this.#telemetrySequence += 1;
    const id = randomUUID();
    this.#sample = {
      version: 1,
      id,
      box,
      bootId,
      sequence: this.#telemetrySequence,
      project: 'device',
      time,
      ...sample,
    };
    this.#publishSample();
  }

  /** Says goodbye (status offline, no last will) if the broker listens, and disconnects. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#retry?.stop();
    const client = this.#client;
    const said = this.#connected && client ? this.#publishStatus(client, false) : Promise.resolve();
    let timer: Timer | null = null;
    const patience = new Promise<void>(resolve => {
      timer = this.#options.clock.after(GOODBYE_MS, resolve);
    });
    await Promise.race([said, patience]);
    this.#patience?.stop();
    this.#connected = false;
    this.#client = null;
    if (client) {
      client.removeAllListeners();
      client.on('error', () => undefined);
      // Not forced: a forced end closes the socket without DISCONNECT, and the broker would publish the will.
      await Promise.race([client.endAsync(), patience]);
      client.end(true);
    }
    (timer as Timer | null)?.stop();
  }

  #connect(): void {
    const { box, bootId, clock } = this.#options;
    const { url, login } = this.#broker();
    const client = connect(url, {
      ...login,
      clientId: `crosspoint-${box}-${bootId}`,
      protocolVersion: 4,
      clean: true,
      keepalive: 30,
      reconnectPeriod: 0,
      connectTimeout: PATIENCE_MS,
      queueQoSZero: false,
      resubscribe: false,
      will: {
        topic: statusTopic(box),
        payload: Buffer.from(JSON.stringify(this.#status(false))),
        qos: 1,
        retain: true,
      },
    });
    this.#client = client;
    let reason = 'the connection was closed';
    this.#patience = clock.after(PATIENCE_MS, () => this.#lost(client, 'no answer to CONNECT'));
    client.on('connect', () => {
      if (client === this.#client) this.#up(client);
    });
    client.on('error', error => {
      reason = ('code' in error && typeof error.code === 'string' ? error.code : error.message) || reason;
      this.#lost(client, reason);
    });
    client.on('close', () => this.#lost(client, reason));
  }

  #up(client: MqttClient): void {
    const { log } = this.#options;
    this.#patience?.stop();
    this.#patience = null;
    this.#connected = true;
    log.info({ broker: this.#host() }, 'connected to the MQTT broker');
    void this.#publishStatus(client, true);
    this.#publishSample();
    this.#rows = [];
    this.#inFlight = 0;
    this.#loading = true;
    // What was acknowledged on the last connection must be out of the outbox before it is read from its start again.
    void this.#settled.then(() => {
      if (client !== this.#client) return;
      this.#cursor = 0;
      this.#loading = false;
      this.wake();
    });
  }

  #lost(client: MqttClient, reason: string): void {
    if (client !== this.#client || this.#closed) return;
    const { clock, log, random = Math.random } = this.#options;
    this.#client = null;
    this.#patience?.stop();
    this.#patience = null;
    client.removeAllListeners();
    client.on('error', () => undefined);
    client.end(true);
    if (this.#connected || this.#failures === 0) {
      log.warn({ broker: this.#host(), reason }, 'no MQTT broker; events wait, trying again');
    }
    this.#connected = false;
    this.#failures += 1;
    this.#retry = clock.after(backoffMs(this.#failures, backoff, random()), () => this.#connect());
  }

  #pump(): void {
    const client = this.#client;
    if (!this.#connected || !client || this.#closed) return;
    while (this.#inFlight < IN_FLIGHT) {
      const row = this.#rows.shift();
      if (!row) break;
      this.#publish(client, row);
    }
    if (this.#rows.length === 0 && this.#behind && !this.#loading) void this.#load(client);
  }

  async #load(client: MqttClient): Promise<void> {
    this.#loading = true;
    this.#behind = false;
    try {
      const rows = await this.#options.store.outbox(MQTT_TARGET, this.#cursor, PAGE);
      if (client !== this.#client) return;
      this.#rows = [...rows];
      this.#cursor = rows.at(-1)?.row ?? this.#cursor;
      if (rows.length === PAGE) this.#behind = true;
      this.#loading = false;
      this.#pump();
    } catch {
      // The store reports itself; a new connection begins to read anew.
      this.#lost(client, 'the outbox cannot be read');
    }
  }

  #publish(client: MqttClient, { row, body }: OutboxRow): void {
    const envelope = parseEnvelope(body);
    if (!envelope) {
      // Of another release: nobody here can read it.
      this.#settle(row);
      return;
    }
    const { topic, payload } = mqttMessage(envelope);
    this.#inFlight += 1;
    this.#patience ??= this.#watch(client);
    client.publish(topic, JSON.stringify(payload), { qos: 1 }, error => {
      if (client !== this.#client) return;
      if (error) {
        this.#lost(client, error.message);
        return;
      }
      this.#failures = 0;
      this.#inFlight -= 1;
      this.#published += 1;
      this.#patience?.stop();
      this.#patience = this.#inFlight > 0 ? this.#watch(client) : null;
      this.#settle(row);
      this.#pump();
    });
  }

  #settle(row: number): void {
    this.#settled = this.#options.store.settle(MQTT_TARGET, [row]).catch(() => undefined);
  }

  #watch(client: MqttClient): Timer {
    return this.#options.clock.after(PATIENCE_MS, () => this.#lost(client, 'no acknowledgement'));
  }

  #publishSample(): void {
    if (!this.#connected || !this.#sample) return;
    this.#client?.publish(telemetryTopic(this.#options.box), JSON.stringify(this.#sample), { qos: 0 });
  }

  /** Resolves when the broker has it, or the connection is gone. */
  #publishStatus(client: MqttClient, online: boolean): Promise<void> {
    const payload = JSON.stringify(this.#status(online));
    return new Promise(resolve => {
      client.publish(statusTopic(this.#options.box), payload, { qos: 1, retain: true }, error => {
        // An acknowledged status shows that the broker works: the next outage begins with a short wait.
        if (!error) this.#failures = 0;
        resolve();
      });
    });
  }

  #status(online: boolean): StatusMessage {
    const { box, bootId, clock } = this.#options;
    this.#statusSequence += 1;
    return {
      version: 1,
      id: randomUUID(),
      box,
      bootId,
      sequence: this.#statusSequence,
      project: 'device',
      time: clock.now(),
      online,
    };
  }

  /** The library splits a login at its last colon and so breaks passwords that have one: it gets it ready split. */
  #broker(): { readonly url: string; readonly login: { readonly username?: string; readonly password?: string } } {
    const url = new URL(this.#options.url);
    const { username = decodeURIComponent(url.username), password = decodeURIComponent(url.password) } = this.#options;
    url.username = '';
    url.password = '';
    return { url: url.href, login: username === '' ? {} : { username, password } };
  }

  #host(): string {
    return new URL(this.#options.url).host;
  }
}
