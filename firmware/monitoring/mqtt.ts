import type { Clock, Timer } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { CallRef } from '../calls/events.ts';
import type { LegMedia } from '../quality/call-media.ts';
import type { TrunkView } from '../trunks/trunk-view.ts';
import type { Envelope } from './envelope.ts';
import { type GapStore, Gaps } from './gaps.ts';
import { MessageHeaders } from './message-headers.ts';
import { MqttConnection, PATIENCE_MS } from './mqtt-connection.ts';
import type { MqttBroker, MqttIncoming, MqttLink, MqttPacket } from './mqtt-link.ts';
import { mqttMessage } from './mqtt-message.ts';
import { type FeedOutbox, OutboxFeed } from './outbox-feed.ts';
import { Retained } from './retained.ts';
import { MQTT_TARGET } from './targets.ts';
import { alertTopic, callStateTopic, mediaTopic, statusTopic, telemetryTopic } from './topic-names.ts';
import type { Sample, StatusMessage } from './topics.ts';
import type { MediaMessage } from './topics-call.ts';
import { TrunkStates } from './trunk-states.ts';

export interface MqttOptions {
  readonly broker: MqttBroker;
  readonly box: string;
  readonly bootId: string;
  readonly store: FeedOutbox & Partial<GapStore>;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
}

/** What comes on topics that somebody here wants to hear. */
export interface MqttHearing {
  readonly filters: readonly string[];
  readonly take: (message: MqttIncoming) => void;
}

/** Published and not acknowledged; the rest waits in the outbox, never in the client. */
const IN_FLIGHT = 32;

/** Publishes the outbox, in order, and what the box is doing, to one broker. */
export class MqttPublisher {
  readonly headers: MessageHeaders;
  readonly retained: Retained;
  readonly #options: MqttOptions;
  readonly #connection: MqttConnection;
  readonly #feed: OutboxFeed;
  readonly #trunks: TrunkStates;
  readonly #gaps: Gaps;
  #hearing: MqttHearing | null = null;
  #patience: Timer | null = null;
  #inFlight = 0;
  #published = 0;
  #sample: MqttPacket | null = null;

  constructor(options: MqttOptions) {
    const { broker, box, bootId, store, clock, log, random = Math.random } = options;
    this.#options = options;
    this.headers = new MessageHeaders(options);
    this.retained = new Retained(clock, [alertTopic(box, '+'), callStateTopic(box, '+', '+')]);
    this.#trunks = new TrunkStates(options);
    this.#gaps = new Gaps(store, this.headers);
    this.#feed = new OutboxFeed({
      store,
      target: MQTT_TARGET,
      ready: () => this.#pump(),
      failed: () => this.#leave('the outbox cannot be read'),
    });
    this.#connection = new MqttConnection({
      broker,
      clientId: `crosspoint-${box}-${bootId}`,
      will: () => ({ topic: statusTopic(box), payload: JSON.stringify(this.#status(false)) }),
      up: link => this.#up(link),
      down: () => this.#down(),
      message: message => this.#heard(message),
      clock,
      log,
      random,
    });
  }

  get connected(): boolean {
    return this.#connection.link !== null;
  }

  /** Since when there has been no broker, milliseconds since 1970; null while there is one. */
  get downSince(): number | null {
    return this.#connection.downSince;
  }

  /** Events that the broker acknowledged since start. */
  get published(): number {
    return this.#published;
  }

  /** Does not wait for the broker: nothing here depends on it. */
  start(): void {
    this.#connection.start();
  }

  /** From now on; only one is served. */
  hear(hearing: MqttHearing): void {
    this.#hearing = hearing;
    const { link } = this.#connection;
    if (link) this.#subscribe(link, hearing);
  }

  /** An event was committed. */
  stored(row: number, envelope: Envelope): void {
    this.#feed.offer(row, envelope);
  }

  /** An event was committed that is not told here. */
  passed(row: number): void {
    this.#feed.pass(row);
  }

  /** Publishes if the broker is there; what cannot be told now is not told later. */
  tell(packet: MqttPacket): void {
    this.#connection.link?.publish(packet, () => {});
  }

  /** Publishes a sample now if the broker is there; the last one is published again on the next connection. */
  telemetry(sample: Sample, time: number): void {
    const message = { ...this.headers.next('telemetry', 'device', time), ...sample };
    this.#sample = { topic: telemetryTopic(this.headers.box), payload: JSON.stringify(message), qos: 0 };
    this.tell(this.#sample);
  }

  /** Publishes a state that is new, retained; all of them again on the next connection. */
  trunk(view: TrunkView): void {
    const packet = this.#trunks.take(view);
    if (packet) this.retained.set(packet.topic, packet.payload);
  }

  /** Publishes what was measured of a call, if the broker is there. */
  media(call: CallRef, legs: readonly LegMedia[]): void {
    if (!this.connected) return;
    const { id, project, session, connection, createdAt } = call;
    const message: MediaMessage = {
      ...this.headers.next('media', project),
      call: { id, session, connection, createdAt },
      legs: [...legs],
    };
    this.tell({ topic: mediaTopic(this.headers.box, project, id), payload: JSON.stringify(message), qos: 0 });
  }

  /** Events were dropped, or may have been: says which, if the broker is there. */
  dropped(): void {
    const { link } = this.#connection;
    if (link) void this.#gaps.tell(link);
  }

  /** Says goodbye (status offline, no last will) if the broker listens, and disconnects. */
  async close(): Promise<void> {
    await this.#connection.close(link => this.#publishStatus(link, false));
    this.#down();
  }

  #up(link: MqttLink): void {
    if (this.#hearing) this.#subscribe(link, this.#hearing);
    void this.#publishStatus(link, true);
    if (this.#sample) link.publish(this.#sample, () => {});
    this.retained.up(link);
    this.#inFlight = 0;
    // What is missing is told before what follows it.
    void this.#gaps.tell(link).then(() => {
      if (link === this.#connection.link) this.#feed.restart();
    });
  }

  #down(): void {
    this.#feed.stop();
    this.retained.down();
    this.#patience?.stop();
    this.#patience = null;
  }

  #leave(reason: string): void {
    const { link } = this.#connection;
    if (link) this.#connection.lost(link, reason);
  }

  #heard(message: MqttIncoming): void {
    if (!this.retained.take(message)) this.#hearing?.take(message);
  }

  #subscribe(link: MqttLink, { filters }: MqttHearing): void {
    link.subscribe(filters, error => {
      if (error && link === this.#connection.link)
        this.#options.log.error(
          { broker: this.#options.broker.name, problem: error.message },
          'the MQTT broker does not let the service subscribe to requests: none can be made there',
        );
    });
  }

  #pump(): void {
    const { link } = this.#connection;
    if (!link) return;
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
      if (link !== this.#connection.link) return;
      if (error) {
        this.#connection.lost(link, error.message);
        return;
      }
      this.#connection.works();
      this.#inFlight -= 1;
      this.#published += 1;
      this.#patience?.stop();
      this.#patience = this.#inFlight > 0 ? this.#watch(link) : null;
      this.#feed.told(row);
      this.#pump();
    });
  }

  #watch(link: MqttLink): Timer {
    return this.#options.clock.after(PATIENCE_MS, () => this.#connection.lost(link, 'no acknowledgement'));
  }

  /** Resolves when the broker has it, or the connection is gone. */
  #publishStatus(link: MqttLink, online: boolean): Promise<void> {
    const payload = JSON.stringify(this.#status(online));
    return new Promise(resolve => {
      link.publish({ topic: statusTopic(this.headers.box), payload, qos: 1, retain: true }, error => {
        if (!error) this.#connection.works();
        resolve();
      });
    });
  }

  #status(online: boolean): StatusMessage {
    return { ...this.headers.next('status'), online };
  }
}
