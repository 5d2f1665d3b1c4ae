import type { Clock, Timer } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import type { MqttBroker, MqttIncoming, MqttLink, MqttLogin } from './mqtt-link.ts';

export interface MqttConnectionOptions {
  readonly broker: MqttBroker;
  readonly clientId: string;
  /** Asked for each connection. */
  readonly will: () => MqttLogin['will'];
  readonly up: (link: MqttLink) => void;
  readonly down: () => void;
  readonly message: (message: MqttIncoming) => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** A broker that says nothing for so long, to a connection or a message, is left for a new connection. */
export const PATIENCE_MS = 10_000;
const GOODBYE_MS = 1000;
const backoff: Backoff = { firstMs: 500, lastMs: 30_000 };

/**
 * The connection to one broker, made again whenever it breaks.
 *
 *   DOWN ──back-off──▶ CONNECTING ──CONNACK──▶ UP
 *    ▲                     │                   │
 *    └──────error, close, patience over────────┘
 */
export class MqttConnection {
  readonly #options: MqttConnectionOptions;
  #wanted: MqttLink | null = null;
  #connected = false;
  #failures = 0;
  #downSince: number;
  #retry: Timer | null = null;
  #patience: Timer | null = null;
  #closed = false;

  constructor(options: MqttConnectionOptions) {
    this.#options = options;
    this.#downSince = options.clock.now();
  }

  /** Null while there is none. */
  get link(): MqttLink | null {
    return this.#connected ? this.#wanted : null;
  }

  /** Milliseconds since 1970; null while there is a connection. */
  get downSince(): number | null {
    return this.#connected ? null : this.#downSince;
  }

  /** Does not wait for the broker: nothing here depends on it. */
  start(): void {
    this.#connect();
  }

  /** The broker has acknowledged something: the next outage begins with a short wait. */
  works(): void {
    this.#failures = 0;
  }

  /** Leaves a connection that is of no use. Without effect on one that was left before. */
  lost(link: MqttLink, reason: string): void {
    if (link !== this.#wanted || this.#closed) return;
    const { broker, clock, log, random, down } = this.#options;
    this.#wanted = null;
    this.#patience?.stop();
    this.#patience = null;
    link.drop();
    if (this.#connected || this.#failures === 0)
      log.warn({ broker: broker.name, reason }, 'no MQTT broker; events wait, trying again');
    if (this.#connected) this.#downSince = clock.now();
    this.#connected = false;
    this.#failures += 1;
    down();
    this.#retry = clock.after(backoffMs(this.#failures, backoff, random()), () => this.#connect());
  }

  /**
   * Disconnects.
   * @param goodbye said before, if the broker listens
   */
  async close(goodbye: (link: MqttLink) => Promise<void>): Promise<void> {
    if (this.#closed) return;
    const link = this.#wanted;
    const said = this.link ? goodbye(this.link) : Promise.resolve();
    this.#closed = true;
    this.#retry?.stop();
    let timer: Timer | null = null;
    const patience = new Promise<void>(resolve => {
      timer = this.#options.clock.after(GOODBYE_MS, resolve);
    });
    await Promise.race([said, patience]);
    this.#patience?.stop();
    this.#connected = false;
    this.#wanted = null;
    if (link) {
      await Promise.race([link.end(), patience]);
      link.drop();
    }
    (timer as Timer | null)?.stop();
  }

  #connect(): void {
    const { broker, clientId, will, message, clock } = this.#options;
    const link: MqttLink = broker.open(
      { clientId, will: will() },
      {
        up: () => this.#up(link),
        lost: reason => this.lost(link, reason),
        message: each => {
          if (link === this.link) message(each);
        },
      },
    );
    this.#wanted = link;
    this.#patience = clock.after(PATIENCE_MS, () => this.lost(link, 'no answer to CONNECT'));
  }

  #up(link: MqttLink): void {
    const { log, broker, up } = this.#options;
    if (link !== this.#wanted || this.#closed) return;
    this.#patience?.stop();
    this.#patience = null;
    this.#connected = true;
    log.info({ broker: broker.name }, 'connected to the MQTT broker');
    up(link);
  }
}
