/** What is published and subscribed to. A part of crosspoint.d.ts. */
import type { OTError } from './crosspoint.d.ts';
import type { EventEmitter, PublisherEvents, SubscriberEvents } from './crosspoint-events.d.ts';
import type { Session, Stream, VideoDimensions } from './crosspoint-session.d.ts';

export interface ElementProperties {
  /** Where the element goes: it is the target, whose content it replaces (the default), or beside it, or into it. */
  readonly insertMode?: 'replace' | 'after' | 'before' | 'append';
  /** False: nothing is put into the page; take the element from videoElementCreated. */
  readonly insertDefaultUI?: boolean;
  /** Pixels, or with a unit. Default 264 × 198. */
  readonly width?: number | string;
  readonly height?: number | string;
  readonly fitMode?: 'cover' | 'contain';
  /** Taken and not used: this SDK draws no controls. */
  readonly showControls?: boolean;
  readonly style?: ViewStyle;
}

/** As of OpenTok; kept, and of them drawn: `backgroundImageURI`, an address or a PNG in base64, which is seen without video. */
export interface ViewStyle {
  readonly backgroundImageURI?: string;
  readonly audioBlockedDisplayMode?: string;
  readonly audioLevelDisplayMode?: string;
  readonly buttonDisplayMode?: string;
  readonly nameDisplayMode?: string;
  readonly videoDisabledDisplayMode?: string;
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
  /**
   * Sends a picture of 640 pixels' width or more in three sizes at once (simulcast: all, half and a quarter of width and height), of which
   * the box sends each subscriber the one that it can take. Default false.
   */
  readonly scalableVideo?: boolean;
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
  getStyle(): ViewStyle;
  getStyle(name: keyof ViewStyle): string | undefined;
  setStyle(style: ViewStyle): this;
  setStyle(name: keyof ViewStyle, value: string): this;
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
  /**
   * Presses keys: 0–9 A–D * #, and a comma for a pause of two seconds. They go out to the phones of the session. Ours.
   * @throws OTError OT_NOT_CONNECTED, OT_NOT_SUPPORTED (without sound), OT_INVALID_PARAMETER
   */
  sendDigits(digits: string): void;
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
  getStyle(): ViewStyle;
  getStyle(name: keyof ViewStyle): string | undefined;
  setStyle(style: ViewStyle): this;
  setStyle(name: keyof ViewStyle, value: string): this;
  /** 0 … 100. */
  setAudioVolume(volume: number): this;
  getAudioVolume(): number;
  subscribeToAudio(on: boolean): this;
  subscribeToVideo(on: boolean): this;
  /**
   * Of a publisher with `scalableVideo` the smallest picture that is as large is sent; null: the largest that the way to here carries.
   * @throws OTError OT_INVALID_PARAMETER
   */
  setPreferredResolution(size: VideoDimensions | null): void;
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
