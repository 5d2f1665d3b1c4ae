import { apiUrl } from './api-url.ts';
import { completing } from './completion.ts';
import type {
  Capabilities,
  Completion,
  Connection,
  DisconnectReason,
  Publisher as PublicPublisher,
  Session as PublicSession,
  PublisherProperties,
  SessionOptions,
  Stream,
  SubscriberProperties,
  Target,
} from './crosspoint.d.ts';
import { type ChannelSocket, EventChannel } from './event-channel.ts';
import { exceptions } from './exceptions.ts';
import { logInfo } from './log.ts';
import { asOTError, OTError } from './ot-error.ts';
import { eventWith, OTEvent } from './ot-event.ts';
import type { Publisher } from './publisher.ts';
import { notConnected, type Tried } from './refusal.ts';
import { Roster, type RosterChange } from './roster.ts';
import { SessionMedia } from './session-media.ts';
import { SessionRequests } from './session-requests.ts';
import type { Subscriber } from './subscriber.ts';
import type { Timers } from './timers.ts';
import { type Connected, type Notice, type Reply, type Request, SUBPROTOCOL } from './wire.ts';

const NOTHING = { publish: 0, subscribe: 0, forceMute: 0, forceDisconnect: 0, forceUnpublish: 0, dial: 0 } as const;

/** A room on the box, as this page is in it: who is there, and what is told of them. */
export class Session extends SessionRequests implements PublicSession {
  readonly sessionId: string;
  readonly #baseUrl: string;
  readonly #timers: Timers;
  readonly #roster = new Roster();
  readonly #media: SessionMedia;
  readonly #networkChanged = () => this.#channel?.networkChanged();
  #channel: EventChannel | null = null;
  #token = '';
  #connection: Connection | undefined;
  #capabilities: Capabilities = NOTHING;
  #state: PublicSession['currentState'] = 'disconnected';

  /** @throws OTError OT_INVALID_PARAMETER, OT_INVALID_SESSION_ID */
  constructor(sessionId: string, options: SessionOptions, timers: Timers) {
    super();
    if (typeof sessionId !== 'string' || sessionId === '')
      throw new OTError('OT_INVALID_SESSION_ID', 'A session id is needed');
    this.sessionId = sessionId;
    this.#baseUrl = `${apiUrl(options.apiUrl)}/v2/session/${encodeURIComponent(sessionId)}`;
    this.#timers = timers;
    this.#media = new SessionMedia({
      session: this,
      timers,
      address: (endpoint, query) => ({
        url: `${this.#baseUrl}/${endpoint}?${query}`,
        token: this.#token,
        clientKey: this.#channel?.key ?? '',
      }),
      setStream: (streamId, to) =>
        void this.ask({ type: 'setStream', streamId, ...to }, 'setStream').catch(error => logInfo(String(error))),
    });
  }

  get id(): string {
    return this.sessionId;
  }

  get connection(): Connection | undefined {
    return this.#connection;
  }

  get capabilities(): Capabilities {
    return this.#capabilities;
  }

  get connections(): Roster['connections'] {
    return this.#roster.connections;
  }

  get streams(): Roster['streams'] {
    return this.#roster.streams;
  }

  get currentState(): PublicSession['currentState'] {
    return this.#state;
  }

  isConnected(): boolean {
    return this.#state === 'connected' || this.#state === 'reconnecting';
  }

  connect(token: string, completion?: Completion): Promise<void> {
    const connected = exceptions.watch(this.#connect(token), this, 'OT_CONNECT_FAILED');
    return completing(connected, completion as ((error: Error | undefined) => void) | undefined);
  }

  disconnect(): void {
    this.#channel?.leave();
    if (this.#state === 'connecting') this.#state = 'disconnected';
  }

  publish(
    publisher?: PublicPublisher | Target,
    properties?: PublisherProperties | Completion | null,
    completion?: Completion,
  ): Publisher {
    return this.#media.publish(publisher, properties, completion);
  }

  unpublish(publisher: PublicPublisher): void {
    this.#media.unpublish(publisher);
  }

  subscribe(
    stream: Stream,
    target?: Target,
    properties?: SubscriberProperties | Completion | null,
    completion?: Completion,
  ): Subscriber {
    return this.#media.subscribe(stream, target, properties, completion);
  }

  unsubscribe(subscriber: unknown): void {
    this.#media.unsubscribe(subscriber);
  }

  getSubscribersForStream(stream: Stream): Subscriber[] {
    return this.#media.subscribersFor(stream);
  }

  getPublisherForStream(stream: Stream): Publisher | undefined {
    return this.#media.publisherOf(stream.streamId);
  }

  protected override ask(request: Request, tried: Tried): Promise<Reply> {
    if (this.#channel && this.isConnected()) return this.#channel.request(request, tried);
    return Promise.reject(notConnected(tried));
  }

  // ---- what the box tells --------------------------------------------------------------------------------------------

  async #connect(token: string): Promise<void> {
    if (this.#state !== 'disconnected') throw new OTError('OT_CONNECT_FAILED', 'The session is connected already');
    if (typeof token !== 'string' || token === '') throw new OTError('OT_AUTHENTICATION_ERROR', 'A token is needed');
    this.#state = 'connecting';
    this.#token = token;
    const channel = new EventChannel({
      token,
      timers: this.#timers,
      openSocket: () => new WebSocket(`${this.#baseUrl.replace(/^http/, 'ws')}/events`, SUBPROTOCOL) as ChannelSocket,
      listener: {
        connected: message => this.#connected(message),
        notice: notice => this.#noticed(notice),
        reconnecting: () => this.#reconnecting(),
        reconnected: () => this.#reconnected(),
        ended: reason => this.#ended(reason),
      },
    });
    this.#channel = channel;
    try {
      await channel.connect();
    } catch (error) {
      if (this.#channel === channel) this.#state = 'disconnected';
      throw asOTError(error, 'OT_CONNECT_FAILED');
    }
  }

  #connected(message: Connected): void {
    this.#state = 'connected';
    this.#capabilities = numbers(message.capabilities);
    const changes = this.#roster.fill(message);
    this.#connection = this.connections.get(message.connection.id);
    globalThis.addEventListener?.('online', this.#networkChanged);
    this.emit('sessionConnected', eventWith('sessionConnected', this, { connections: [], streams: [] }));
    for (const change of changes) this.#changed(change);
  }

  #noticed(notice: Notice): void {
    switch (notice.type) {
      case 'digit':
        this.#pressed(notice);
        return;
      case 'signal':
        this.#signalled(notice);
        return;
      case 'muteForced':
        this.#muted(notice);
        return;
      case 'forceDisconnected':
        return;
      default:
        for (const change of this.#roster.apply(notice)) this.#changed(change);
    }
  }

  #changed(change: RosterChange): void {
    switch (change.type) {
      case 'connectionCreated':
        this.emit(change.type, eventWith(change.type, this, { connection: change.connection }));
        return;
      case 'connectionChanged': {
        const { connection, oldPhone: oldValue } = change;
        const details = { connection, changedProperty: 'phone' as const, oldValue, newValue: connection.phone };
        this.emit('connectionPropertyChanged', eventWith('connectionPropertyChanged', this, details));
        return;
      }
      case 'connectionDestroyed': {
        const { connection, reason } = change;
        this.emit(change.type, eventWith(change.type, this, { connection, reason }));
        return;
      }
      case 'streamCreated':
        this.#streamCreated(change.stream);
        return;
      case 'streamChanged':
        this.#streamChanged(change);
        return;
      case 'streamDestroyed':
        this.#streamDestroyed(change);
        return;
    }
  }

  #streamCreated(stream: Stream): void {
    if (stream.connection === this.#connection) this.#media.publisherOf(stream.streamId)?.announced(stream);
    else this.emit('streamCreated', eventWith('streamCreated', this, { stream }));
  }

  #streamChanged({ stream, property, oldValue, newValue }: Extract<RosterChange, { type: 'streamChanged' }>): void {
    const details = { stream, changedProperty: property, oldValue, newValue };
    this.emit('streamPropertyChanged', eventWith('streamPropertyChanged', this, details));
    if (property !== 'hasVideo') return;
    for (const subscriber of this.#media.subscribersFor(stream)) subscriber.videoChanged(newValue === true);
  }

  #streamDestroyed({ stream, reason }: Extract<RosterChange, { type: 'streamDestroyed' }>): void {
    if (stream.connection === this.#connection) {
      this.#media.ownStreamEnded(stream, reason);
      return;
    }
    const event = eventWith('streamDestroyed', this, { stream, reason }, true);
    this.emit('streamDestroyed', event);
    if (event.isDefaultPrevented()) return;
    for (const subscriber of this.#media.subscribersFor(stream)) subscriber.destroy();
  }

  #signalled({ from, signalType, data }: Extract<Notice, { type: 'signal' }>): void {
    const sender = from === null ? null : (this.connections.get(from) ?? null);
    const type = signalType === '' ? 'signal' : `signal:${signalType}`;
    const event = eventWith(type, this, { data, from: sender });
    this.emit('signal', event);
    if (type !== 'signal') this.emit(type, event);
  }

  #pressed({ connectionId, digit, durationMs, source }: Extract<Notice, { type: 'digit' }>): void {
    const connection = this.connections.get(connectionId);
    if (!connection) return;
    this.emit('digitReceived', eventWith('digitReceived', this, { connection, digit, durationMs, source }));
  }

  #muted({ active, streamId }: Extract<Notice, { type: 'muteForced' }>): void {
    const publisher = this.#media.publisherOf(streamId);
    if (active) publisher?.muteForced();
    this.emit('muteForced', eventWith('muteForced', this, { active }));
  }

  #reconnecting(): void {
    this.#state = 'reconnecting';
    this.emit('sessionReconnecting', new OTEvent('sessionReconnecting', this));
  }

  #reconnected(): void {
    this.#state = 'connected';
    this.emit('sessionReconnected', new OTEvent('sessionReconnected', this));
  }

  #ended(reason: DisconnectReason): void {
    this.#state = 'disconnected';
    this.#channel = null;
    globalThis.removeEventListener?.('online', this.#networkChanged);
    const event = eventWith('sessionDisconnected', this, { reason }, true);
    this.emit('sessionDisconnected', event);
    this.#media.end(reason, event.isDefaultPrevented());
    this.#roster.clear();
    this.#connection = undefined;
    this.#capabilities = NOTHING;
  }
}

function numbers(capabilities: Connected['capabilities']): Capabilities {
  const entries = Object.entries({ ...capabilities }).map(([name, may]) => [name, may ? 1 : 0]);
  return { ...NOTHING, ...Object.fromEntries(entries) };
}
