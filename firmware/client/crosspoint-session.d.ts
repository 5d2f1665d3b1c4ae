/** A session and who is in it. A part of crosspoint.d.ts. */
import type { Completion, Target } from './crosspoint.d.ts';
import type { EventEmitter, SessionEvents } from './crosspoint-events.d.ts';
import type { Publisher, PublisherProperties, Subscriber, SubscriberProperties } from './crosspoint-media.d.ts';

export interface Session extends EventEmitter<SessionEvents> {
  readonly sessionId: string;
  readonly id: string;
  /** Undefined before the session is connected. */
  readonly connection: Connection | undefined;
  readonly capabilities: Capabilities;
  readonly connections: Collection<Connection>;
  readonly streams: Collection<Stream>;
  readonly currentState: 'disconnected' | 'connecting' | 'connected' | 'reconnecting';
  isConnected(): boolean;
  connect(token: string, completion?: Completion): Promise<void>;
  disconnect(): void;

  publish(
    publisher?: Publisher | Target,
    properties?: PublisherProperties | Completion | null,
    completion?: Completion,
  ): Publisher;
  unpublish(publisher: Publisher): void;
  subscribe(
    stream: Stream,
    target?: Target,
    properties?: SubscriberProperties | Completion | null,
    completion?: Completion,
  ): Subscriber;
  unsubscribe(subscriber: Subscriber): void;
  getSubscribersForStream(stream: Stream): Subscriber[];
  getPublisherForStream(stream: Stream): Publisher | undefined;

  signal(signal: SignalToSend, completion?: Completion): Promise<void>;
  forceDisconnect(connection: Connection | string, completion?: Completion): Promise<void>;
  forceUnpublish(stream: Stream | string, completion?: Completion): Promise<void>;
  forceMuteStream(stream: Stream): Promise<void>;
  forceMuteAll(excludedStreams?: Stream[]): Promise<void>;
  disableForceMute(): Promise<void>;

  /** Calls a phone into the session. Resolves when the call is placed, long before it is answered. Ours. */
  dial(to: { readonly number: string } | { readonly uri: string }): Promise<Dialled>;
  /** Ends a phone's call. Ours. */
  hangUp(phone: Connection): Promise<void>;
  /** Puts a phone on hold, or takes it back. Ours. */
  hold(phone: Connection, on: boolean): Promise<void>;
  /** 0–9 * # and p, a pause of half a second; at most 64. Ours. */
  sendDigits(phone: Connection, digits: string): Promise<void>;
  /** Nobody hears that phone any more, or everybody again. Ours. */
  mutePhone(phone: Connection, on: boolean): Promise<void>;
  /** As the box measured it in the last interval of five seconds; null before the first one. Ours. */
  getQuality(of: Connection | Stream): Promise<Quality | null>;
}

export interface Dialled {
  readonly connectionId: string;
  readonly streamId: string;
}

/** What the box measured of one leg: its figures as of GET /device/calls/{id}/media. */
export interface Quality {
  readonly [figure: string]: unknown;
}

/** 1 or 0, as of OpenTok. */
export interface Capabilities {
  readonly publish: 0 | 1;
  readonly subscribe: 0 | 1;
  readonly forceMute: 0 | 1;
  readonly forceDisconnect: 0 | 1;
  readonly forceUnpublish: 0 | 1;
  /** Ours. */
  readonly dial: 0 | 1;
}

export interface SignalToSend {
  /** At most 8 kB. */
  readonly data?: string;
  /** At most 128 bytes. */
  readonly type?: string;
  /** Without: everybody, the sender too. */
  readonly to?: Connection;
}

export interface Collection<Item> extends Iterable<Item> {
  get(id: string): Item | undefined;
  has(id: string): boolean;
  length(): number;
  forEach(each: (item: Item) => void): void;
  map<Result>(to: (item: Item) => Result): Result[];
  filter(keep: (item: Item) => boolean): Item[];
  find(is: (item: Item) => boolean): Item | undefined;
  /** Those whose properties have these values. */
  where(properties: Partial<Item>): Item[];
}

export interface Connection {
  readonly connectionId: string;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly creationTime: number;
  /** What the token says. */
  readonly data: string;
  /** Ours. */
  readonly kind: 'client' | 'phone';
  /** Null of a client. Ours. */
  readonly phone: Phone | null;
}

export interface Phone {
  readonly number: string;
  readonly state: 'dialing' | 'ringing' | 'active' | 'held';
}

export interface Stream {
  readonly streamId: string;
  readonly id: string;
  readonly connection: Connection;
  /** Milliseconds since 1970. */
  readonly creationTime: number;
  readonly name: string;
  readonly hasAudio: boolean;
  readonly hasVideo: boolean;
  /** By a moderator. Ours. */
  readonly muted: boolean;
  /** Undefined without video. */
  readonly videoType: 'camera' | 'screen' | 'custom' | undefined;
  /** As its publisher says; 0 × 0 without video. */
  readonly videoDimensions: VideoDimensions;
}

/** Pixels. */
export interface VideoDimensions {
  readonly width: number;
  readonly height: number;
}
