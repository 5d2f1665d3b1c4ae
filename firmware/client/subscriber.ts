import { followAudioOutput } from './audio-output.ts';
import { blocked } from './blocked-audio.ts';
import { completing } from './completion.ts';
import type {
  Subscriber as PublicSubscriber,
  Session,
  Stream,
  SubscriberEvents,
  SubscriberProperties,
  SubscriberStats,
  Target,
  VideoDimensions,
  ViewStyle,
} from './crosspoint.d.ts';
import { Emitter } from './emitter.ts';
import { LevelMeter } from './media/level-meter.ts';
import { MediaView } from './media/media-view.ts';
import { PeerLink } from './media/peer-link.ts';
import { subscriberStats } from './media/stats.ts';
import { StyleOfView } from './media/view-style.ts';
import type { MediaHost } from './media-host.ts';
import { OTError } from './ot-error.ts';
import { eventWith, OTEvent } from './ot-event.ts';
import { SettledOnce } from './settled-once.ts';

const FULL_VOLUME = 100;
const MAX_LENGTH = 16_384;

/** Somebody else's stream, as this page hears and sees it. */
export class Subscriber extends Emitter<SubscriberEvents> implements PublicSubscriber {
  readonly stream: Stream;
  readonly #host: MediaHost;
  readonly #media = new MediaStream();
  readonly #view: MediaView;
  readonly #style: StyleOfView;
  readonly #forgetOutput: () => void;
  readonly #link: PeerLink;
  readonly #connected = new SettledOnce();
  #meter: LevelMeter | null = null;
  #state: 'connecting' | 'connected' | 'disconnected' | 'destroyed' = 'connecting';
  #wantsAudio: boolean;
  #wantsVideo: boolean;
  #preferredResolution: VideoDimensions | null = null;
  #isAudioBlocked = false;

  /** @throws OTError OT_INVALID_PARAMETER when there is no such target */
  constructor(host: MediaHost, stream: Stream, target: Target | undefined, properties: SubscriberProperties) {
    super();
    this.#host = host;
    this.stream = stream;
    this.#wantsAudio = properties.subscribeToAudio !== false;
    this.#wantsVideo = properties.subscribeToVideo !== false;
    const label = stream.name || stream.connection.phone?.number || 'A participant';
    const resized = (oldValue: VideoDimensions, newValue: VideoDimensions) =>
      this.emit('videoDimensionsChanged', eventWith('videoDimensionsChanged', this, { oldValue, newValue }));
    this.#view = new MediaView({ ...properties, kind: 'subscriber', target, mirror: false, label, resized });
    this.#style = new StyleOfView(properties.style ?? {}, () => this.element);
    this.#style.draw();
    this.#forgetOutput = followAudioOutput(this.videoElement);
    this.setAudioVolume(properties.audioVolume ?? FULL_VOLUME);
    this.#link = new PeerLink({
      address: () => host.address('whep', new URLSearchParams({ stream: stream.streamId }).toString()),
      prepare: peer => this.#prepare(peer),
      failure: { name: 'OT_ICE_WORKFLOW_FAILED', code: 1501 },
      timers: host.timers,
      listener: {
        created: () => {},
        connected: () => this.#isConnected(),
        disconnected: () => this.#isDisconnected(),
        track: track => this.#add(track),
        failed: error => {
          this.#connected.reject(error);
          this.destroy();
        },
      },
    });
  }

  get element(): HTMLElement | null {
    return this.#view.element;
  }

  get videoElement(): HTMLVideoElement {
    return this.#view.videoElement;
  }

  get id(): string | undefined {
    return this.element?.id;
  }

  get session(): Session {
    return this.#host.session;
  }

  whenConnected(): Promise<void> {
    return this.#connected.promise;
  }

  getStyle(): ViewStyle;
  getStyle(name: keyof ViewStyle): string | undefined;
  getStyle(name?: keyof ViewStyle): unknown {
    return this.#style.get(name);
  }

  setStyle(name: keyof ViewStyle | ViewStyle, value?: string): this {
    this.#style.set(name, value);
    return this;
  }

  setAudioVolume(volume: number): this {
    this.videoElement.volume = Math.min(FULL_VOLUME, Math.max(0, volume)) / FULL_VOLUME;
    return this;
  }

  getAudioVolume(): number {
    return Math.round(this.videoElement.volume * FULL_VOLUME);
  }

  subscribeToAudio(on: boolean): this {
    this.#wantsAudio = on;
    this.#applyWishes();
    return this;
  }

  subscribeToVideo(on: boolean): this {
    const isNew = on !== this.#wantsVideo;
    this.#wantsVideo = on;
    this.#applyWishes();
    if (isNew) this.#videoSwitched(on && this.stream.hasVideo, 'subscribeToVideo');
    return this;
  }

  setPreferredResolution(size: VideoDimensions | null): void {
    if (size !== null && !(isLength(size.width) && isLength(size.height)))
      throw new OTError('OT_INVALID_PARAMETER', 'A preferred resolution is { width, height } in pixels, or null');
    this.#preferredResolution = size && { width: size.width, height: size.height };
    this.#applyWishes();
  }

  videoWidth(): number {
    return this.#view.dimensions.width;
  }

  videoHeight(): number {
    return this.#view.dimensions.height;
  }

  getImgData(): string | null {
    return this.#view.image();
  }

  isAudioBlocked(): boolean {
    return this.#isAudioBlocked;
  }

  getStats(completion?: (error: OTError | null, stats?: SubscriberStats) => void): Promise<SubscriberStats> {
    const stats = this.getRtcStatsReport().then(subscriberStats);
    return completing(stats, completion && ((error, result) => completion((error as OTError) ?? null, result)));
  }

  async getRtcStatsReport(): Promise<RTCStatsReport> {
    const peer = this.#link.peer;
    if (!peer) throw new OTError('OT_NOT_CONNECTED', 'The subscriber is not connected');
    return peer.getStats();
  }

  /** For its session. */
  start(): void {
    const element = this.videoElement;
    this.emit('videoElementCreated', eventWith('videoElementCreated', this, { element }));
    this.#view.show(this.#media);
    this.#link.start();
  }

  /** It may not be. For its session. */
  refuse(error: OTError): void {
    this.#connected.reject(error);
    queueMicrotask(() => this.destroy());
  }

  /** Its publisher has switched the camera on or off. For its session. */
  videoChanged(on: boolean): void {
    this.#videoSwitched(on && this.#wantsVideo, 'publishVideo');
  }

  /** For its session; pages call session.unsubscribe. */
  destroy(): void {
    if (this.#state === 'destroyed') return;
    this.#state = 'destroyed';
    this.#link.close();
    this.#meter?.close();
    this.#meter = null;
    for (const track of this.#media.getTracks()) track.stop();
    this.#view.remove();
    blocked.delete(this);
    this.#forgetOutput();
    this.#connected.reject(new OTError('OT_STREAM_DESTROYED', 'The subscriber was ended before it was connected'));
    this.emit('destroyed', new OTEvent('destroyed', this));
    this.off();
  }

  /** After a click of the user. For unblockAudio. */
  async play(): Promise<void> {
    try {
      await this.videoElement.play();
    } catch (error) {
      if (error instanceof Error && error.name === 'NotAllowedError') this.#audioIsBlocked(true);
      return;
    }
    this.#audioIsBlocked(false);
  }

  protected override listenersChanged(): void {
    this.#restartMeter();
  }

  #prepare(peer: RTCPeerConnection): void {
    for (const track of this.#media.getTracks()) this.#media.removeTrack(track);
    peer.addTransceiver('audio', { direction: 'recvonly' });
    // Also while it is switched off.
    if (this.stream.videoType) peer.addTransceiver('video', { direction: 'recvonly' });
  }

  #add(track: MediaStreamTrack): void {
    this.#media.addTrack(track);
    this.#applyWishes();
    this.#restartMeter();
    void this.play();
  }

  #applyWishes(): void {
    for (const track of this.#media.getAudioTracks()) track.enabled = this.#wantsAudio;
    for (const track of this.#media.getVideoTracks()) track.enabled = this.#wantsVideo;
    if (this.stream.videoType)
      this.#link.wish({ video: this.#wantsVideo, preferredResolution: this.#preferredResolution });
  }

  #isConnected(): void {
    if (this.#state === 'connected' || this.#state === 'destroyed') return;
    this.#state = 'connected';
    this.#connected.resolve();
    this.emit('connected', new OTEvent('connected', this));
  }

  #isDisconnected(): void {
    if (this.#state !== 'connected') return;
    this.#state = 'disconnected';
    this.emit('disconnected', new OTEvent('disconnected', this));
  }

  #audioIsBlocked(is: boolean): void {
    if (is === this.#isAudioBlocked || this.#state === 'destroyed') return;
    this.#isAudioBlocked = is;
    if (is) blocked.add(this);
    else blocked.delete(this);
    if (is) this.emit('audioBlocked', new OTEvent('audioBlocked', this));
    else this.emit('audioUnblocked', new OTEvent('audioUnblocked', this));
  }

  #videoSwitched(on: boolean, reason: 'publishVideo' | 'subscribeToVideo'): void {
    if (on) this.emit('videoEnabled', eventWith('videoEnabled', this, { reason }));
    else this.emit('videoDisabled', eventWith('videoDisabled', this, { reason }));
  }

  #restartMeter(): void {
    this.#meter?.close();
    const track = this.#media?.getAudioTracks()[0];
    const isWanted = track && this.#state !== 'destroyed' && this.hasListener('audioLevelUpdated');
    this.#meter = isWanted
      ? new LevelMeter(track, audioLevel =>
          this.emit('audioLevelUpdated', eventWith('audioLevelUpdated', this, { audioLevel })),
        )
      : null;
  }
}

function isLength(pixels: unknown): boolean {
  return Number.isInteger(pixels) && Number(pixels) >= 1 && Number(pixels) <= MAX_LENGTH;
}
