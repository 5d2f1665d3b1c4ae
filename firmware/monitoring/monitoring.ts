import { Compile } from 'typebox/compile';
import type { AlertBook } from '../alerts/alert-book.ts';
import type { WebhookDown } from '../alerts/facts.ts';
import type { Clock, Timer } from '../base/clock.ts';
import type { ProjectId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { CallRef } from '../calls/events.ts';
import type { LegMedia } from '../quality/call-media.ts';
import type { Store } from '../store/store.ts';
import { typedDocuments } from '../store/typed-documents.ts';
import type { TrunkView } from '../trunks/trunk-view.ts';
import { CallStates, type Parties } from './call-states.ts';
import { type Envelope, isCallEvent } from './envelope.ts';
import type { EventRecorder } from './event-recorder.ts';
import { type HealthSources, HealthTeller } from './health-teller.ts';
import { discoveries, type HomeAssistantFacts } from './home-assistant.ts';
import type { MessageHeaders } from './message-headers.ts';
import type { OutboxFigures } from './metrics/outbox-metrics.ts';
import { type MqttHearing, MqttPublisher } from './mqtt.ts';
import type { MqttBroker, MqttPacket } from './mqtt-link.ts';
import { ProcessProbes } from './process-probes.ts';
import { Recorder } from './recorder.ts';
import { MQTT_TARGET, type ProjectWebhooks, webhookTargets } from './targets.ts';
import { type Figures, Telemetry } from './telemetry.ts';
import { alertTopic, infoTopic } from './topic-names.ts';
import type { Sample } from './topics.ts';
import type { AlertMessage, Info, InfoMessage } from './topics-box.ts';
import { MAX_AGE_MS } from './webhook-target.ts';
import { Callback } from './webhooks/callback.ts';
import { Callbacks } from './webhooks/callbacks.ts';
import { WebhookDirectory } from './webhooks/webhook-directory.ts';
import { Webhooks } from './webhooks.ts';

export interface MonitoringOptions {
  /** Started before, closed after this. */
  readonly store: Store;
  readonly projects: ReadonlyMap<ProjectId, ProjectWebhooks>;
  readonly allowPrivateTargets: boolean;
  readonly broker: MqttBroker;
  /** How long an event waits for a broker; default: as long as for a webhook. */
  readonly keepMs?: number;
  /** Who talks in a call; null of one that is not known any more. */
  readonly parties?: (call: string) => Parties | null;
  readonly stateDir: string;
  readonly box: string;
  readonly bootId: string;
  readonly figures: Omit<Figures, 'queue'>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface MonitoringStats {
  /** Deliveries still to be made. */
  readonly pending: number;
  /** Deliveries made since start. */
  readonly delivered: number;
  /** Webhook attempts that failed since start. */
  readonly failed: number;
  /** Deliveries given up since start, for age or number. */
  readonly dropped: number;
  readonly mqttConnected: boolean;
}

const isCallback = Compile(Callback);
const PRUNE_MS = 60_000;
const DRAIN_LOOK_MS = 20;

/** Everything that tells the world what happens here: the recorder in front, webhooks, MQTT and telemetry behind. */
export class Monitoring {
  readonly recorder: EventRecorder;
  readonly #options: MonitoringOptions;
  /** What projects have registered. */
  readonly callbacks: Callbacks;
  /** For the operator. */
  readonly webhookDirectory: WebhookDirectory;
  readonly #webhooks: Webhooks;
  readonly #mqtt: MqttPublisher;
  readonly #probes: ProcessProbes;
  readonly #telemetry: Telemetry;
  readonly #callStates: CallStates;
  #health: HealthTeller | null = null;
  #sample: Sample | null = null;
  #toldDropped = 0;
  #prune: Timer | null = null;
  /** Events dropped with their webhook. */
  #forgotten = 0;

  /** @throws CrosspointError monitoring.bad-url */
  constructor(options: MonitoringOptions) {
    const { store, projects, allowPrivateTargets, broker, stateDir, box, bootId, figures, clock, log } = options;
    this.#options = options;
    this.#webhooks = new Webhooks({ store, allowPrivateTargets, clock, log });
    const configured = webhookTargets(projects);
    for (const [name, address] of configured) this.#webhooks.add(name, address);
    this.callbacks = new Callbacks({
      store: typedDocuments<Callback>(store.callbacks, value => isCallback.Check(value), log),
      projects,
      allowPrivateTargets,
      added: (target, address) => this.#webhooks.add(target, address),
      removed: target => this.#forget(target),
      clock,
      log,
    });
    this.webhookDirectory = new WebhookDirectory({ store, webhooks: this.#webhooks });
    this.#mqtt = new MqttPublisher({ broker, box, bootId, store, clock, log });
    this.#probes = new ProcessProbes(stateDir);
    this.#telemetry = new Telemetry({
      probes: this.#probes,
      figures: { ...figures, queue: () => this.stats() },
      clock,
      take: (sample, time) => {
        this.#sample = sample;
        this.#mqtt.telemetry(sample, time);
      },
    });
    const { headers, retained } = this.#mqtt;
    this.#callStates = new CallStates({ headers, retained, parties: options.parties ?? (() => null), clock });
    this.recorder = new Recorder({
      store,
      clock,
      box,
      bootId,
      webhooks: configured,
      registered: event => this.callbacks.targetsOf(event),
      stored: (row, envelope, targets) => this.#stored(row, envelope, targets),
    });
  }

  /** Goes on with what a former process left in the outbox. Does not wait for a broker or a webhook. */
  async start(): Promise<void> {
    await this.#pruneNow();
    await this.callbacks.start();
    await this.#discardUnknownTargets();
    this.#webhooks.start();
    this.#mqtt.start();
    this.#telemetry.start();
  }

  /** What is not delivered stays in the outbox. */
  async close(): Promise<void> {
    this.#prune?.stop();
    this.#prune = null;
    this.#health?.close();
    this.#callStates.close();
    this.#telemetry.close();
    this.#webhooks.close();
    await Promise.all([this.#mqtt.close(), this.#probes.close()]);
  }

  /** A trunk is in another state, or has said so for the first time. */
  trunkChanged(view: TrunkView): void {
    this.#mqtt.trunk(view);
  }

  /** What was measured of a call's media in the last interval. */
  media(call: CallRef, legs: readonly LegMedia[]): void {
    this.#mqtt.media(call, legs);
  }

  /** Heads messages that are made elsewhere. */
  get headers(): MessageHeaders {
    return this.#mqtt.headers;
  }

  /** What the machine's disk had when it was asked last. */
  get disk(): Sample['disk'] {
    return this.#sample?.disk ?? { totalBytes: null, freeBytes: null };
  }

  get brokerDownSince(): number | null {
    return this.#mqtt.downSince;
  }

  get webhooksDown(): readonly WebhookDown[] {
    return this.#webhooks
      .list()
      .filter(({ standing }) => standing.state === 'down')
      .map(({ name, address: { project, kind }, standing: { lastError } }) => ({
        target: name,
        project,
        kind,
        reason: lastError?.reason ?? 'it does not answer',
      }));
  }

  /** What the box is; retained. */
  info(info: Info): void {
    const { headers, retained } = this.#mqtt;
    const message: InfoMessage = { ...headers.next('info'), ...info };
    retained.set(infoTopic(headers.box), JSON.stringify(message));
  }

  /** From now on it is told how the box is. */
  health(sources: HealthSources): void {
    const { headers, retained } = this.#mqtt;
    this.#health = new HealthTeller({ sources, headers, retained, clock: this.#options.clock });
    this.#health.start();
  }

  /** From now on it is told what is in the book. */
  alerts(book: AlertBook): void {
    const { headers, retained } = this.#mqtt;
    book.listen({
      raised: ({ id, severity, sentence, detail, since }) => {
        const message: AlertMessage = { ...headers.next('alert'), alert: id, severity, sentence, detail, since };
        retained.set(alertTopic(headers.box, id), JSON.stringify(message));
      },
      cleared: ({ id }) => retained.clear(alertTopic(headers.box, id)),
    });
  }

  announce(facts: HomeAssistantFacts): void {
    for (const { topic, payload } of discoveries(facts)) this.#mqtt.retained.set(topic, JSON.stringify(payload));
  }

  /** From now on it is heard what comes on those topics. */
  hear(hearing: MqttHearing): void {
    this.#mqtt.hear(hearing);
  }

  /** Publishes if the broker is there; what cannot be told now is not told later. */
  tell(packet: MqttPacket): void {
    this.#mqtt.tell(packet);
  }

  stats(): MonitoringStats {
    const { store } = this.#options;
    const { delivered, failed, givenUp } = this.#webhooks.figures;
    return {
      pending: store.pending,
      delivered: delivered + this.#mqtt.published,
      failed,
      dropped: store.dropped + this.#forgotten + givenUp,
      mqttConnected: this.#mqtt.connected,
    };
  }

  /** Deliveries that came to an end since start. */
  get deliveries(): OutboxFigures['deliveries'] {
    return { webhooks: this.#webhooks.figures, mqtt: { delivered: this.#mqtt.published } };
  }

  /** Waits until everything is delivered, for so long at most; answers whether it is. */
  async drain(timeoutMs: number): Promise<boolean> {
    const { store, clock } = this.#options;
    const end = clock.monotonic() + timeoutMs;
    while (store.pending > 0) {
      if (clock.monotonic() >= end) return false;
      await new Promise<void>(resolve => clock.after(DRAIN_LOOK_MS, resolve));
    }
    return true;
  }

  #stored(row: number, envelope: Envelope, targets: readonly string[]): void {
    if (isCallEvent(envelope.event)) this.#callStates.take(envelope.event);
    this.#tellDropped();
    if (!targets.includes(MQTT_TARGET)) this.#mqtt.passed(row);
    for (const target of targets) {
      if (target === MQTT_TARGET) this.#mqtt.stored(row, envelope);
      else if (this.#webhooks.has(target)) this.#webhooks.wake(target);
      // It was deleted while the event was on its way into the store.
      else void this.#forget(target);
    }
  }

  async #pruneNow(): Promise<void> {
    const { store, clock } = this.#options;
    this.#prune = clock.after(PRUNE_MS, () => void this.#pruneNow());
    // A disk that takes no writes is the store's to report.
    const { keepMs = MAX_AGE_MS } = this.#options;
    await Promise.all([
      store.prune(clock.now() - MAX_AGE_MS, { except: MQTT_TARGET }),
      store.prune(clock.now() - keepMs, { only: MQTT_TARGET }),
    ]).catch(() => {});
    this.#tellDropped();
  }

  #tellDropped(): void {
    const { dropped } = this.#options.store;
    if (dropped === this.#toldDropped) return;
    this.#toldDropped = dropped;
    this.#mqtt.dropped();
  }

  async #discardUnknownTargets(): Promise<void> {
    const { store, log } = this.#options;
    for (const { target } of await store.backlogs()) {
      if (target === MQTT_TARGET || this.#webhooks.has(target)) continue;
      const events = await this.#forget(target);
      log.warn({ target, events }, 'undelivered events dropped: their webhook is configured no more');
    }
  }

  /** A webhook that is no more: what waits for it is dropped. Answers how many events that are. */
  async #forget(target: string): Promise<number> {
    this.#webhooks.remove(target);
    // A disk that takes no writes is the store's to report; what stays there goes at the next start.
    const events = await this.#options.store.discard(target).catch(() => 0);
    this.#forgotten += events;
    return events;
  }
}
