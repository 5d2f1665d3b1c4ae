import { apiUrl } from './api-url.ts';
import { completing } from './completion.ts';
import type {
  Capabilities,
  Completion,
  Connection,
  Dialled,
  DisconnectReason,
  Publisher as PublicPublisher,
  Session as PublicSession,
  PublisherProperties,
  Quality,
  SessionEvents,
  SessionOptions,
  SignalToSend,
  Stream,
  SubscriberProperties,
  Target,
} from './crosspoint.d.ts';
import { Emitter } from './emitter.ts';
import { type ChannelSocket, EventChannel } from './event-channel.ts';
import { logInfo } from './log.ts';
import type { MediaHost } from './media-host.ts';
import { asOTError, OTError, type OTErrorName } from './ot-error.ts';
import { eventWith, OTEvent } from './ot-event.ts';
import { Publisher } from './publisher.ts';
import { Roster, type RosterChange } from './roster.ts';
import { checkSignal } from './signal-limits.ts';
import { Subscriber } from './subscriber.ts';
import type { Timers } from './timers.ts';
import { type Connected, type Notice, type Reply, type Request, SUBPROTOCOL } from './wire.ts';

const NOTHING = { publish: 0, subscribe: 0, forceMute: 0, forceDisconnect: 0, forceUnpublish: 0, dial: 0 } as const;

/** A room on the box, as this page is in it. */
export class Session extends Emitter<SessionEvents> implements PublicSession {
  readonly sessionId: string;
  readonly #baseUrl: string;
  readonly #timers: Timers;
  readonly #roster = new Roster();
  readonly #publishers = new Set<Publisher>();
  readonly #subscribers = new Set<Subscriber>();
  readonly #host: MediaHost;
  readonly #retryNow = () => this.#channel?.retryNow();
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
    this.#host = {
      session: this,
      timers,
      address: (endpoint, query) => ({
        url: `${this.#baseUrl}/${endpoint}?${query}`,
        token: this.#token,
        clientKey: this.#channel?.key ?? '',
      }),
      setStream: (streamId, to) =>
        void this.#ask({ type: 'setStream', streamId, ...to }, 'OT_NOT_CONNECTED').catch(error =>
          logInfo(String(error)),
        ),
    };
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
    return completing(this.#connect(token), completion as ((error: Error | undefined) => void) | undefined);
  }

  disconnect(): void {
    this.#channel?.leave();
    if (this.#state === 'connecting') this.#state = 'disconnected';
  }

  // ---- streams -------------------------------------------------------------------------------------------------------

  publish(
    publisher?: PublicPublisher | Target,
    properties?: PublisherProperties | Completion | null,
    completion?: Completion,
  ): Publisher {
    const done = typeof properties === 'function' ? properties : completion;
    const made =
      publisher instanceof Publisher
        ? publisher
        : new Publisher(publisher as Target, typeof properties === 'function' ? null : properties);
    const refusal = this.#mayNot('publish');
    if (refusal) {
      completing(Promise.reject(refusal), (done ?? (() => {})) as () => void);
      return made;
    }
    this.#publishers.add(made);
    made.once('destroyed', () => this.#publishers.delete(made));
    made.publishTo(this.#host);
    completing(made.whenPublished(), done as () => void);
    return made;
  }

  unpublish(publisher: PublicPublisher): void {
    if (!(publisher instanceof Publisher) || !this.#publishers.delete(publisher)) return;
    publisher.end('clientDisconnected');
  }

  subscribe(
    stream: Stream,
    target?: Target,
    properties?: SubscriberProperties | Completion | null,
    completion?: Completion,
  ): Subscriber {
    const done = typeof properties === 'function' ? properties : completion;
    const wishes = typeof properties === 'function' ? {} : (properties ?? {});
    const subscriber = new Subscriber(this.#host, stream, target, wishes);
    completing(subscriber.whenConnected(), done as () => void);
    const refusal =
      this.#mayNot('subscribe') ??
      (this.streams.has(stream.streamId)
        ? null
        : new OTError('OT_STREAM_NOT_FOUND', 'There is no such stream any more'));
    if (refusal) {
      subscriber.refuse(refusal);
      return subscriber;
    }
    this.#subscribers.add(subscriber);
    subscriber.once('destroyed', () => this.#subscribers.delete(subscriber));
    // A turn later, so that the page has its handlers in place.
    queueMicrotask(() => subscriber.start());
    return subscriber;
  }

  unsubscribe(subscriber: unknown): void {
    if (subscriber instanceof Subscriber) subscriber.destroy();
  }

  getSubscribersForStream(stream: Stream): Subscriber[] {
    return [...this.#subscribers].filter(each => each.stream.streamId === stream.streamId);
  }

  getPublisherForStream(stream: Stream): Publisher | undefined {
    return [...this.#publishers].find(each => each.streamId === stream.streamId);
  }

  // ---- what the box is asked for -------------------------------------------------------------------------------------

  signal({ data = '', type = '', to }: SignalToSend, completion?: Completion): Promise<void> {
    const problem = checkSignal(type, data);
    const sent = problem
      ? Promise.reject(problem)
      : this.#ask(
          { type: 'signal', signalType: type, data, ...(to ? { to: to.connectionId } : {}) },
          'OT_UNABLE_TO_SIGNAL',
        );
    return completing(sent.then(nothing), completion as () => void);
  }

  forceDisconnect(connection: Connection | string, completion?: Completion): Promise<void> {
    const connectionId = typeof connection === 'string' ? connection : connection.connectionId;
    const done = this.#ask({ type: 'forceDisconnect', connectionId }, 'OT_UNABLE_TO_FORCE_DISCONNECT').then(nothing);
    return completing(done, completion as () => void);
  }

  forceUnpublish(stream: Stream | string, completion?: Completion): Promise<void> {
    const streamId = typeof stream === 'string' ? stream : stream.streamId;
    const done = this.#ask({ type: 'forceUnpublish', streamId }, 'OT_UNABLE_TO_FORCE_UNPUBLISH').then(nothing);
    return completing(done, completion as () => void);
  }

  forceMuteStream({ streamId }: Stream): Promise<void> {
    return this.#ask({ type: 'forceMuteStream', streamId }, 'OT_UNABLE_TO_FORCE_MUTE').then(nothing);
  }

  forceMuteAll(excludedStreams: Stream[] = []): Promise<void> {
    const excluded = excludedStreams.map(({ streamId }) => streamId);
    return this.#muteAll(true, excluded);
  }

  disableForceMute(): Promise<void> {
    return this.#muteAll(false, []);
  }

  async dial(to: { readonly number: string } | { readonly uri: string }): Promise<Dialled> {
    const { connectionId = '', streamId = '' } = await this.#phone({ type: 'dial', ...to });
    return { connectionId, streamId };
  }

  hangUp({ connectionId }: Connection): Promise<void> {
    return this.#phone({ type: 'hangUp', connectionId }).then(nothing);
  }

  hold({ connectionId }: Connection, on: boolean): Promise<void> {
    return this.#phone({ type: 'hold', connectionId, on }).then(nothing);
  }

  sendDigits({ connectionId }: Connection, digits: string): Promise<void> {
    return this.#phone({ type: 'sendDigits', connectionId, digits }).then(nothing);
  }

  mutePhone({ connectionId }: Connection, on: boolean): Promise<void> {
    return this.#phone({ type: 'mute', connectionId, on }).then(nothing);
  }

  async getQuality(of: Connection | Stream): Promise<Quality | null> {
    const whose = 'streamId' in of ? { streamId: of.streamId } : { connectionId: of.connectionId };
    return (await this.#phone({ type: 'quality', ...whose })).quality ?? null;
  }

  #muteAll(active: boolean, excludedStreams: string[]): Promise<void> {
    return this.#ask({ type: 'forceMuteAll', active, excludedStreams }, 'OT_UNABLE_TO_FORCE_MUTE').then(nothing);
  }

  #phone(request: Request): Promise<Reply> {
    return this.#ask(request, 'OT_UNABLE_TO_CONTROL_PHONE');
  }

  #ask(request: Request, failure: OTErrorName): Promise<Reply> {
    if (this.#channel && this.isConnected()) return this.#channel.request(request, failure);
    return Promise.reject(new OTError('OT_NOT_CONNECTED', 'The session is not connected'));
  }

  #mayNot(what: 'publish' | 'subscribe'): OTError | null {
    if (!this.isConnected()) return new OTError('OT_NOT_CONNECTED', 'The session is not connected');
    return this.#capabilities[what] ? null : new OTError('OT_PERMISSION_DENIED', `The token's role may not ${what}`);
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
    globalThis.addEventListener?.('online', this.#retryNow);
    this.emit('sessionConnected', eventWith('sessionConnected', this, { connections: [], streams: [] }));
    for (const change of changes) this.#changed(change);
  }

  #noticed(notice: Notice): void {
    switch (notice.type) {
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
    if (stream.connection === this.#connection) this.getPublisherForStream(stream)?.announced(stream);
    else this.emit('streamCreated', eventWith('streamCreated', this, { stream }));
  }

  #streamChanged({ stream, property, oldValue, newValue }: Extract<RosterChange, { type: 'streamChanged' }>): void {
    const details = { stream, changedProperty: property, oldValue, newValue };
    this.emit('streamPropertyChanged', eventWith('streamPropertyChanged', this, details));
    if (property !== 'hasVideo') return;
    for (const subscriber of this.getSubscribersForStream(stream)) subscriber.videoChanged(newValue === true);
  }

  #streamDestroyed({ stream, reason }: Extract<RosterChange, { type: 'streamDestroyed' }>): void {
    if (stream.connection === this.#connection) {
      const publisher = [...this.#publishers].find(each => each.stream === stream);
      const isForced = reason === 'forceUnpublished' || reason === 'forceDisconnected';
      if (publisher && (isForced || !publisher.isMending)) {
        this.#publishers.delete(publisher);
        publisher.end(reason);
      }
      return;
    }
    const event = eventWith('streamDestroyed', this, { stream, reason }, true);
    this.emit('streamDestroyed', event);
    if (event.isDefaultPrevented()) return;
    for (const subscriber of this.getSubscribersForStream(stream)) subscriber.destroy();
  }

  #signalled({ from, signalType, data }: Extract<Notice, { type: 'signal' }>): void {
    const sender = from === null ? null : (this.connections.get(from) ?? null);
    const type = signalType === '' ? 'signal' : `signal:${signalType}`;
    const event = eventWith(type, this, { data, from: sender });
    this.emit('signal', event);
    if (type !== 'signal') this.emit(type, event);
  }

  #muted({ active, streamId }: Extract<Notice, { type: 'muteForced' }>): void {
    const publisher = [...this.#publishers].find(each => each.streamId === streamId);
    if (active || streamId !== null) publisher?.muteForced();
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
    globalThis.removeEventListener?.('online', this.#retryNow);
    const event = eventWith('sessionDisconnected', this, { reason }, true);
    this.emit('sessionDisconnected', event);
    for (const publisher of [...this.#publishers]) publisher.end(reason);
    if (!event.isDefaultPrevented()) for (const subscriber of [...this.#subscribers]) subscriber.destroy();
    this.#publishers.clear();
    this.#subscribers.clear();
    this.#roster.clear();
    this.#connection = undefined;
    this.#capabilities = NOTHING;
  }
}

function numbers(capabilities: Connected['capabilities']): Capabilities {
  const entries = Object.entries({ ...capabilities }).map(([name, may]) => [name, may ? 1 : 0]);
  return { ...NOTHING, ...Object.fromEntries(entries) };
}

function nothing(): void {}
