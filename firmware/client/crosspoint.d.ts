/**
 * The browser SDK of Crosspoint. Its API is the one that OpenTok.js documents; what is ours alone says so.
 *
 * `<script src="https://BOX/client/crosspoint.js">` defines `OT`; `import * as OT from 'https://BOX/client/crosspoint.mjs'`
 * is the same as a module. Whatever takes a completion handler returns a promise too, unless it has something else to return.
 */
export as namespace OT;

/** Called with nothing when all went well. */
export type Completion = (error?: OTError) => void;
/** What went wrong: `name` begins with OT_ and is what to compare with. */
export interface OTError extends Error {
  readonly name: string;
  /** Deprecated by OpenTok, and kept. */
  readonly code: number;
}

// ---- OT --------------------------------------------------------------------------------------------------------------

/** Does not connect yet. */
export function initSession(apiKey: string, sessionId: string, options?: SessionOptions): Session;
/** Asks for the microphone (and camera) at once; `session.publish` sends it. */
export function initPublisher(
  target?: Target,
  properties?: PublisherProperties | null,
  completion?: Completion,
): Publisher;
export function getDevices(completion?: (error: OTError | undefined, devices?: Device[]) => void): Promise<Device[]>;
export function getUserMedia(properties?: PublisherProperties): Promise<MediaStream>;
/** 1 when this browser can take part, 0 when it cannot. */
export function checkSystemRequirements(): 0 | 1;
export function upgradeSystemRequirements(): void;
export function log(message: string): void;
/** One of NONE, ERROR, WARN, INFO, LOG, DEBUG. */
export function setLogLevel(level: number): void;
/** After a click of the user: what the browser kept silent is heard. */
export function unblockAudio(): Promise<void>;
export const NONE: 0;
export const ERROR: 1;
export const WARN: 2;
export const INFO: 3;
export const LOG: 4;
export const DEBUG: 5;
export const version: string;
/** Those of SessionOptions that are the same for all sessions of the page. Ours. */
export function setApiUrl(url: string): void;

/** An element or the id of one; without: at the end of the page. */
export type Target = string | HTMLElement | null;

export interface SessionOptions {
  /** Where the box is, e.g. https://box.example:8080. Default: where this script came from. Ours. */
  readonly apiUrl?: string;
}

export interface Device {
  readonly deviceId: string;
  readonly kind: 'audioInput' | 'videoInput';
  /** Empty until the user has let the page have a device. */
  readonly label: string;
}

// ---- events ----------------------------------------------------------------------------------------------------------

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

// ---- a session and who is in it --------------------------------------------------------------------------------------

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

// ---- media -----------------------------------------------------------------------------------------------------------

export interface ElementProperties {
  /** Where the element goes: in the place of the target (the default), beside it, or into it. */
  readonly insertMode?: 'replace' | 'after' | 'before' | 'append';
  /** False: nothing is put into the page; take the element from videoElementCreated. */
  readonly insertDefaultUI?: boolean;
  /** Pixels, or with a unit. Default 264 × 198. */
  readonly width?: number | string;
  readonly height?: number | string;
  readonly fitMode?: 'cover' | 'contain';
  /** Taken and not used: this SDK draws no controls. */
  readonly showControls?: boolean;
  readonly style?: object;
}

export interface PublisherProperties extends ElementProperties {
  /** A device, a track, false or null for none; default: the browser's. */
  readonly audioSource?: string | MediaStreamTrack | boolean | null;
  readonly videoSource?: string | MediaStreamTrack | boolean | null;
  readonly publishAudio?: boolean;
  readonly publishVideo?: boolean;
  /** At most 200 characters. */
  readonly name?: string;
  readonly mirror?: boolean;
  /** E.g. 640x480. */
  readonly resolution?: string;
  readonly frameRate?: number;
  readonly facingMode?: 'user' | 'environment';
  readonly echoCancellation?: boolean;
  readonly noiseSuppression?: boolean;
  readonly autoGainControl?: boolean;
  /** Without all three of those. */
  readonly disableAudioProcessing?: boolean;
  /** Bits a second, 6,000 to 510,000. */
  readonly audioBitrate?: number;
  /** Taken and not used: the box mixes in mono. */
  readonly enableStereo?: boolean;
  /** Taken and not used. */
  readonly audioFallbackEnabled?: boolean;
}

export interface SubscriberProperties extends ElementProperties {
  readonly subscribeToAudio?: boolean;
  readonly subscribeToVideo?: boolean;
  /** 0 … 100. */
  readonly audioVolume?: number;
  /** Taken and not used: one's own stream may always be subscribed to. */
  readonly testNetwork?: boolean;
}

export interface Publisher extends EventEmitter<PublisherEvents> {
  readonly id: string | undefined;
  /** Null before it is in the page, and when nothing is put there. */
  readonly element: HTMLElement | null;
  /** Ours; of OpenTok it comes with videoElementCreated. */
  readonly videoElement: HTMLVideoElement | null;
  readonly stream: Stream | undefined;
  readonly session: Session | undefined;
  readonly accessAllowed: boolean;
  publishAudio(on: boolean): void;
  publishVideo(on: boolean): void;
  getAudioSource(): MediaStreamTrack | null;
  setAudioSource(source: string | MediaStreamTrack): Promise<void>;
  getVideoSource(): {
    readonly deviceId: string | null;
    readonly type: 'camera' | 'custom' | null;
    readonly track: MediaStreamTrack | null;
  };
  setVideoSource(source: string | MediaStreamTrack): Promise<void>;
  /** Goes on to the next camera. */
  cycleVideo(): Promise<{ readonly deviceId: string }>;
  videoWidth(): number;
  videoHeight(): number;
  /** PNG, base64; null while there is no picture. */
  getImgData(): string | null;
  getStats(completion?: (error: OTError | null, stats?: PublisherStats[]) => void): Promise<PublisherStats[]>;
  getRtcStatsReport(): Promise<PublisherRtcStats[]>;
  /** Resolves when the box has announced its stream. Ours. */
  whenPublished(): Promise<void>;
  /** Ends it, stops its tracks, and takes it out of the page. */
  destroy(): void;
}

export interface Subscriber extends EventEmitter<SubscriberEvents> {
  readonly id: string | undefined;
  readonly element: HTMLElement | null;
  readonly videoElement: HTMLVideoElement | null;
  readonly stream: Stream | undefined;
  readonly session: Session | undefined;
  /** 0 … 100. */
  setAudioVolume(volume: number): this;
  getAudioVolume(): number;
  subscribeToAudio(on: boolean): this;
  subscribeToVideo(on: boolean): this;
  /** 0 while there is no picture. */
  videoWidth(): number;
  videoHeight(): number;
  /** PNG, base64; null while there is no picture. */
  getImgData(): string | null;
  isAudioBlocked(): boolean;
  getStats(completion?: (error: OTError | null, stats?: SubscriberStats) => void): Promise<SubscriberStats>;
  getRtcStatsReport(): Promise<RTCStatsReport>;
  /** Resolves when its media is connected. Ours. */
  whenConnected(): Promise<void>;
}

export interface TrackStats {
  readonly bytesReceived: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
}

export interface SubscriberStats {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly audio: TrackStats;
  readonly video: TrackStats;
}

export interface SentTrackStats {
  readonly bytesSent: number;
  readonly packetsSent: number;
  readonly packetsLost: number;
}

/** The box is the one that all streams go to: the list has one element. */
export interface PublisherStats {
  readonly subscriberId: string;
  readonly connectionId: string;
  readonly stats: {
    readonly timestamp: number;
    readonly audio: SentTrackStats;
    readonly video: SentTrackStats;
  };
}

export interface PublisherRtcStats {
  readonly subscriberId: string;
  readonly connectionId: string;
  readonly rtcStatsReport: RTCStatsReport;
}
