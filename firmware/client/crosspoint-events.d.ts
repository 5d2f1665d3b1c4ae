/** Events, and who dispatches them. A part of crosspoint.d.ts. */
import type { Publisher, Subscriber } from './crosspoint-media.d.ts';
import type { Connection, Phone, Session, Stream, VideoDimensions } from './crosspoint-session.d.ts';

export interface Event<Type extends string = string, Of = unknown> {
  readonly type: Type;
  readonly target: Of;
  /** Whether preventDefault() prevents anything. */
  readonly cancelable: boolean;
  preventDefault(): void;
  isDefaultPrevented(): boolean;
}

export type Handler<E> = (event: E) => void;

/** `Events`: name → event. A handler is called with `context`, or the object it was registered with, as `this`. */
export interface EventEmitter<Events> {
  on<Name extends keyof Events & string>(name: Name, handler: Handler<Events[Name]>, context?: object): this;
  on(handlers: { [Name in keyof Events]?: Handler<Events[Name]> }, context?: object): this;
  /** Several names, with spaces between; or signal:type. */
  on(names: string, handler: Handler<never>, context?: object): this;
  once<Name extends keyof Events & string>(name: Name, handler: Handler<Events[Name]>, context?: object): this;
  once(handlers: { [Name in keyof Events]?: Handler<Events[Name]> }, context?: object): this;
  once(names: string, handler: Handler<never>, context?: object): this;
  /** Without a handler: every handler of that name; without a name: all. */
  off<Name extends keyof Events & string>(name?: Name, handler?: Handler<Events[Name]>, context?: object): this;
  off(handlers: { [Name in keyof Events]?: Handler<Events[Name]> }, context?: object): this;
  off(names: string, handler?: Handler<never>, context?: object): this;
}

export type DisconnectReason = 'clientDisconnected' | 'forceDisconnected' | 'networkDisconnected';
export type StreamEndReason = DisconnectReason | 'forceUnpublished' | 'mediaStopped';

export interface SessionEvents {
  sessionConnected: Event<'sessionConnected', Session>;
  /** Default: publishers and subscribers end, and leave the page. */
  sessionDisconnected: Event<'sessionDisconnected', Session> & { readonly reason: DisconnectReason };
  /** The box is not reached any more, and tried again. */
  sessionReconnecting: Event<'sessionReconnecting', Session>;
  sessionReconnected: Event<'sessionReconnected', Session>;
  connectionCreated: Event<'connectionCreated', Session> & { readonly connection: Connection };
  connectionDestroyed: Event<'connectionDestroyed', Session> & {
    readonly connection: Connection;
    readonly reason: DisconnectReason;
  };
  /** A phone rang, answered, was held. Ours. */
  connectionPropertyChanged: Event<'connectionPropertyChanged', Session> & {
    readonly connection: Connection;
    readonly changedProperty: 'phone';
    readonly oldValue: Phone | null;
    readonly newValue: Phone | null;
  };
  /** Somebody else publishes; of one's own streams the publisher tells. */
  streamCreated: Event<'streamCreated', Session> & { readonly stream: Stream };
  /** Default: its subscribers end, and leave the page. */
  streamDestroyed: Event<'streamDestroyed', Session> & { readonly stream: Stream; readonly reason: StreamEndReason };
  streamPropertyChanged: Event<'streamPropertyChanged', Session> & {
    readonly stream: Stream;
    /** `muted`, by a moderator, and `name` are ours. */
    readonly changedProperty: 'hasAudio' | 'hasVideo' | 'muted' | 'name' | 'videoDimensions';
    readonly oldValue: boolean | string | VideoDimensions;
    readonly newValue: boolean | string | VideoDimensions;
  };
  /** Somebody, a phone or a client, has pressed a key. Ours. */
  digitReceived: Event<'digitReceived', Session> & {
    readonly connection: Connection;
    /** 0–9 A–D * #; null unless the box's configuration says `tellDigits`: it may be a PIN. */
    readonly digit: string | null;
    readonly durationMs: number;
    /** How it was told of: in the media, by a SIP INFO, or as tones. */
    readonly source: 'rfc4733' | 'info' | 'inband';
  };
  /** `signal:greeting` is dispatched for signals of type greeting alone. */
  signal: Signal;
  /** A moderator has muted the session, or lifted that. */
  muteForced: Event<'muteForced', Session> & { readonly active: boolean };
}

export interface Signal extends Event<string, Session> {
  readonly data: string;
  /** Null: the application, over the REST API. */
  readonly from: Connection | null;
}

export interface PublisherEvents {
  accessDialogOpened: Event<'accessDialogOpened', Publisher>;
  accessDialogClosed: Event<'accessDialogClosed', Publisher>;
  accessAllowed: Event<'accessAllowed', Publisher>;
  accessDenied: Event<'accessDenied', Publisher>;
  /** 0 … 1, about twenty times a second while anybody listens. */
  audioLevelUpdated: Event<'audioLevelUpdated', Publisher> & { readonly audioLevel: number };
  streamCreated: Event<'streamCreated', Publisher> & { readonly stream: Stream };
  /** Default: the publisher ends, and leaves the page. */
  streamDestroyed: Event<'streamDestroyed', Publisher> & { readonly stream: Stream; readonly reason: StreamEndReason };
  videoElementCreated: Event<'videoElementCreated', Publisher> & { readonly element: HTMLVideoElement };
  /** The microphone or camera was unplugged, or taken away. */
  mediaStopped: Event<'mediaStopped', Publisher> & { readonly track: MediaStreamTrack };
  /** The camera gives pictures of another size, as after a turn of the phone. */
  videoDimensionsChanged: DimensionsChange<Publisher>;
  muteForced: Event<'muteForced', Publisher>;
  destroyed: Event<'destroyed', Publisher>;
}

export interface SubscriberEvents {
  connected: Event<'connected', Subscriber>;
  /** Its media stopped; it is tried again. */
  disconnected: Event<'disconnected', Subscriber>;
  destroyed: Event<'destroyed', Subscriber>;
  audioLevelUpdated: Event<'audioLevelUpdated', Subscriber> & { readonly audioLevel: number };
  /** The browser wants a click of the user first: see unblockAudio. */
  audioBlocked: Event<'audioBlocked', Subscriber>;
  audioUnblocked: Event<'audioUnblocked', Subscriber>;
  videoElementCreated: Event<'videoElementCreated', Subscriber> & { readonly element: HTMLVideoElement };
  videoEnabled: Event<'videoEnabled', Subscriber> & { readonly reason: VideoReason };
  videoDisabled: Event<'videoDisabled', Subscriber> & { readonly reason: VideoReason };
  /** At the first picture, and whenever it comes in another size. */
  videoDimensionsChanged: DimensionsChange<Subscriber>;
}

export interface DimensionsChange<Of> extends Event<'videoDimensionsChanged', Of> {
  readonly oldValue: VideoDimensions;
  readonly newValue: VideoDimensions;
}

export type VideoReason = 'publishVideo' | 'subscribeToVideo';
