import { randomUUID } from 'node:crypto';
import type { Clock, Timer } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { CallRef } from '../calls/events.ts';
import type { LegMedia } from '../quality/call-media.ts';
import type { TrunkView } from '../trunks/trunk-view.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import type { Envelope } from './envelope.ts';
import type { MqttBroker, MqttLink } from './mqtt-link.ts';
import { mqttMessage } from './mqtt-message.ts';
import { type FeedOutbox, OutboxFeed } from './outbox-feed.ts';
import { MQTT_TARGET } from './targets.ts';
import {
  type MediaMessage,
  mediaTopic,
  type Sample,
  type StatusMessage,
  statusTopic,
  type TelemetryMessage,
  telemetryTopic,
} from './topics.ts';
import { TrunkStates } from './trunk-states.ts';

export interface MqttOptions {
  readonly broker: MqttBroker;
  readonly box: string;
  readonly bootId: string;
  readonly store: FeedOutbox;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
}

/** Published and not acknowledged; the rest waits in the outbox, never in the client. */
const IN_FLIGHT = 32;
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
 */
export class MqttPublisher {
  readonly #options: MqttOptions;
  readonly #feed: OutboxFeed;
  readonly #trunks: TrunkStates;
  #link: MqttLink | null = null;
  #connected = false;
  #failures = 0;
  #retry: Timer | null = null;
  #patience: Timer | null = null;
  #closed = false;
  #inFlight = 0;
  #published = 0;
  #sample: TelemetryMessage | null = null;
  #telemetrySequence = 0;
  #mediaSequence = 0;
  #statusSequence = 0;

  constructor(options: MqttOptions) {
    this.#options = options;
    this.#trunks = new TrunkStates(options);
    this.#feed = new OutboxFeed({
      store: options.store,
      target: MQTT_TARGET,
      ready: () => this.#pump(),
      failed: () => this.#link && this.#lost(this.#link, 'the outbox cannot be read'),
    });
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

  /** An event was committed. */
  stored(row: number, envelope: Envelope): void {
    this.#feed.offer(row, envelope);
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

  /** Publishes a state that is new, retained; all of them again on the next connection. */
  trunk(view: TrunkView): void {
    const packet = this.#trunks.take(view);
    if (packet && this.#connected) this.#link?.publish(packet, () => {});
  }

  /** Publishes what was measured of a call, if the broker is there. */
  media(call: CallRef, legs: readonly LegMedia[]): void {
    const { box, bootId, clock } = this.#options;
    if (!this.#connected) return;
    this.#mediaSequence += 1;
    const { id, project, session, connection, createdAt } = call;
    const message: MediaMessage = {
      version: 1,
      id: randomUUID(),
      box,
      bootId,
      sequence: this.#mediaSequence,
      project,
      time: clock.now(),
      call: { id, session, connection, createdAt },
      legs: [...legs],
    };
    const payload = JSON.stringify(message);
    this.#link?.publish({ topic: mediaTopic(box, project, id), payload, qos: 0 }, () => {});
  }

  /** Says goodbye (status offline, no last will) if the broker listens, and disconnects. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#retry?.stop();
    const link = this.#link;
    const said = this.#connected && link ? this.#publishStatus(link, false) : Promise.resolve();
    let timer: Timer | null = null;
    const patience = new Promise<void>(resolve => {
      timer = this.#options.clock.after(GOODBYE_MS, resolve);
    });
    await Promise.race([said, patience]);
    this.#patience?.stop();
    this.#connected = false;
    this.#link = null;
    this.#feed.stop();
    if (link) {
      await Promise.race([link.end(), patience]);
      link.drop();
    }
    (timer as Timer | null)?.stop();
  }

  #connect(): void {
    const { broker, box, bootId, clock } = this.#options;
    const will = { topic: statusTopic(box), payload: JSON.stringify(this.#status(false)) };
    const link: MqttLink = broker.open(
      { clientId: `crosspoint-${box}-${bootId}`, will },
      { up: () => this.#up(link), lost: reason => this.#lost(link, reason) },
    );
    this.#link = link;
    this.#patience = clock.after(PATIENCE_MS, () => this.#lost(link, 'no answer to CONNECT'));
  }

  #up(link: MqttLink): void {
    const { log, broker } = this.#options;
    if (link !== this.#link || this.#closed) return;
    this.#patience?.stop();
    this.#patience = null;
    this.#connected = true;
    log.info({ broker: broker.name }, 'connected to the MQTT broker');
    void this.#publishStatus(link, true);
    this.#publishSample();
    for (const packet of this.#trunks.all) link.publish(packet, () => {});
    this.#inFlight = 0;
    this.#feed.restart();
  }

  #lost(link: MqttLink, reason: string): void {
    if (link !== this.#link || this.#closed) return;
    const { broker, clock, log, random = Math.random } = this.#options;
    this.#link = null;
    this.#feed.stop();
    this.#patience?.stop();
    this.#patience = null;
    link.drop();
    if (this.#connected || this.#failures === 0) {
      log.warn({ broker: broker.name, reason }, 'no MQTT broker; events wait, trying again');
    }
    this.#connected = false;
    this.#failures += 1;
    this.#retry = clock.after(backoffMs(this.#failures, backoff, random()), () => this.#connect());
  }

  #pump(): void {
    const link = this.#link;
    if (!this.#connected || !link || this.#closed) return;
    while (this.#inFlight < IN_FLIGHT) {
      const event = this.#feed.next();
      if (!event) return;
      if (event.envelope) this.#publish(link, event.row, event.envelope);
      else this.#feed.told(event.row);
    }
  }

  #publish(link: MqttLink, row: number, envelope: Envelope): void {
    const { topic, payload } = mqttMessage(envelope);
    this.#inFlight += 1;
    this.#patience ??= this.#watch(link);
    link.publish({ topic, payload: JSON.stringify(payload), qos: 1 }, error => {
      if (link !== this.#link) return;
      if (error) {
        this.#lost(link, error.message);
        return;
      }
      this.#failures = 0;
      this.#inFlight -= 1;
      this.#published += 1;
      this.#patience?.stop();
      this.#patience = this.#inFlight > 0 ? this.#watch(link) : null;
      this.#feed.told(row);
      this.#pump();
    });
  }

  #watch(link: MqttLink): Timer {
    return this.#options.clock.after(PATIENCE_MS, () => this.#lost(link, 'no acknowledgement'));
  }

  #publishSample(): void {
    if (!this.#connected || !this.#sample) return;
    const topic = telemetryTopic(this.#options.box);
    this.#link?.publish({ topic, payload: JSON.stringify(this.#sample), qos: 0 }, () => {});
  }

  /** Resolves when the broker has it, or the connection is gone. */
  #publishStatus(link: MqttLink, online: boolean): Promise<void> {
    const payload = JSON.stringify(this.#status(online));
    return new Promise(resolve => {
      link.publish({ topic: statusTopic(this.#options.box), payload, qos: 1, retain: true }, error => {
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
}
