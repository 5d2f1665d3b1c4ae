import { completing, quietly } from './completion.ts';
import type {
  Publisher as PublicPublisher,
  PublisherEvents,
  PublisherProperties,
  PublisherRtcStats,
  PublisherStats,
  Session,
  Stream,
  StreamEndReason,
  Target,
  VideoDimensions,
  ViewStyle,
} from './crosspoint.d.ts';
import { Emitter } from './emitter.ts';
import { encodingsOf } from './media/encodings.ts';
import { LevelMeter } from './media/level-meter.ts';
import { MediaView } from './media/media-view.ts';
import { PeerLink } from './media/peer-link.ts';
import { publisherStats } from './media/stats.ts';

import { capture, captureTrack, nextCamera, willAsk } from './media/user-media.ts';
import { StyleOfView } from './media/view-style.ts';
import type { MediaHost } from './media-host.ts';
import { asOTError, OTError } from './ot-error.ts';
import { eventWith, OTEvent } from './ot-event.ts';
import { SettledOnce } from './settled-once.ts';

const MAX_NAME_LENGTH = 200;
/** There is one receiver: the box. */
const BOX = { subscriberId: 'box', connectionId: 'box' } as const;

/** The microphone and camera of this page, and the stream that they are published as. */
export class Publisher extends Emitter<PublisherEvents> implements PublicPublisher {
  readonly #target: Target | undefined;
  readonly #properties: PublisherProperties;
  readonly #ready: Promise<void>;
  #media: MediaStream | null = null;
  readonly #style: StyleOfView;
  #view: MediaView | null = null;
  #meter: LevelMeter | null = null;
  #host: MediaHost | null = null;
  #link: PeerLink | null = null;
  #published = new SettledOnce();
  #streamId: string | null = null;
  #stream: Stream | undefined;
  #hasAudio: boolean;
  #hasVideo: boolean;
  #isDestroyed = false;
  accessAllowed = false;

  constructor(target?: Target, properties?: PublisherProperties | null) {
    super();
    this.#target = target;
    this.#properties = properties ?? {};
    this.#style = new StyleOfView(this.#properties.style ?? {}, () => this.element);
    this.#hasAudio = this.#properties.publishAudio !== false;
    this.#hasVideo = this.#properties.publishVideo !== false;
    // A turn later, so that the page has its handlers in place.
    this.#ready = quietly(Promise.resolve().then(() => this.#prepare()));
  }

  get element(): HTMLElement | null {
    return this.#view?.element ?? null;
  }

  get videoElement(): HTMLVideoElement | null {
    return this.#view?.videoElement ?? null;
  }

  get id(): string | undefined {
    return this.element?.id;
  }

  get stream(): Stream | undefined {
    return this.#stream;
  }

  get session(): Session | undefined {
    return this.#host?.session;
  }

  /** The box's id of what is published, also before the session has told of it. For its session. */
  get streamId(): string | null {
    return this.#streamId;
  }

  /** Resolves when the page has its media. For initPublisher. */
  whenReady(): Promise<void> {
    return this.#ready;
  }

  whenPublished(): Promise<void> {
    return this.#published.promise;
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

  publishAudio(on: boolean): void {
    this.#hasAudio = on;
    for (const track of this.#media?.getAudioTracks() ?? []) track.enabled = on;
    if (this.#stream) this.#host?.setStream(this.#stream.streamId, { hasAudio: on });
  }

  publishVideo(on: boolean): void {
    this.#hasVideo = on;
    for (const track of this.#media?.getVideoTracks() ?? []) track.enabled = on;
    if (this.#stream) this.#host?.setStream(this.#stream.streamId, { hasVideo: on });
  }

  getAudioSource(): MediaStreamTrack | null {
    return this.#trackOf('audio');
  }

  /** Rejects with OT_NOT_SUPPORTED when it publishes no sound, and with the errors of the devices. */
  setAudioSource(source: string | MediaStreamTrack): Promise<void> {
    return this.#replace('audio', source);
  }

  /** The same with a picture. */
  setVideoSource(source: string | MediaStreamTrack): Promise<void> {
    return this.#replace('video', source);
  }

  async cycleVideo(): Promise<{ deviceId: string }> {
    const deviceId = await nextCamera(this.getVideoSource().deviceId);
    await this.setVideoSource(deviceId);
    return { deviceId };
  }

  getVideoSource(): ReturnType<PublicPublisher['getVideoSource']> {
    const track = this.#trackOf('video');
    const type = this.#properties.videoSource instanceof MediaStreamTrack ? 'custom' : 'camera';
    return { deviceId: track?.getSettings().deviceId ?? null, type: track ? type : null, track };
  }

  videoWidth(): number {
    return this.#view?.dimensions.width ?? 0;
  }

  videoHeight(): number {
    return this.#view?.dimensions.height ?? 0;
  }

  getImgData(): string | null {
    return this.#view?.image() ?? null;
  }

  getStats(completion?: (error: OTError | null, stats?: PublisherStats[]) => void): Promise<PublisherStats[]> {
    const stats = this.getRtcStatsReport().then(reports =>
      reports.map(({ rtcStatsReport }) => ({ ...BOX, stats: publisherStats(rtcStatsReport) })),
    );
    return completing(stats, completion && ((error, result) => completion((error as OTError) ?? null, result)));
  }

  async getRtcStatsReport(): Promise<PublisherRtcStats[]> {
    const peer = this.#link?.peer;
    if (!peer) throw new OTError('OT_NOT_CONNECTED', 'The publisher is not published');
    return [{ ...BOX, rtcStatsReport: await peer.getStats() }];
  }

  sendDigits(digits: string): void {
    const peer = this.#link?.peer;
    if (!peer || !this.#stream) throw new OTError('OT_NOT_CONNECTED', 'The publisher is not published');
    const dtmf = peer.getSenders().find(({ track }) => track?.kind === 'audio')?.dtmf;
    if (!dtmf?.canInsertDTMF) throw new OTError('OT_NOT_SUPPORTED', 'This publisher has no sound to send digits with');
    if (!/^[0-9A-D*#,]+$/.test(digits))
      throw new OTError('OT_INVALID_PARAMETER', 'Digits are 0-9, A-D, * and #, or a comma for a pause');
    // Behind what is on its way still; to insert replaces that.
    dtmf.insertDTMF(dtmf.toneBuffer + digits);
  }

  destroy(): void {
    if (this.#isDestroyed) return;
    if (this.#host) {
      this.end('clientDisconnected', true);
      return;
    }
    this.#isDestroyed = true;
    this.#meter?.close();
    for (const track of this.#media?.getTracks() ?? []) this.#release(track);
    this.#view?.remove();
    this.emit('destroyed', new OTEvent('destroyed', this));
    this.off();
  }

  /** For its session, which has checked that it may. Another one than the last time is fine. */
  publishTo(host: MediaHost): void {
    this.#host = host;
    this.#published = new SettledOnce();
    const failed = (error: unknown) => this.#failed(asOTError(error, 'OT_ICE_WORKFLOW_FAILED'));
    this.#ready.then(() => this.#host === host && this.#send(host), failed);
  }

  /** The session has told of its stream. For its session. */
  announced(stream: Stream): void {
    if (this.#stream === stream) return;
    this.#stream = stream;
    // Of what was switched since it was asked for.
    if (this.#trackOf('audio') && stream.hasAudio !== this.#hasAudio)
      this.#host?.setStream(stream.streamId, { hasAudio: this.#hasAudio });
    if (this.#trackOf('video') && stream.hasVideo !== this.#hasVideo)
      this.#host?.setStream(stream.streamId, { hasVideo: this.#hasVideo });
    this.emit('streamCreated', eventWith('streamCreated', this, { stream }));
    this.#published.resolve();
    // The session is muted, and whoever begins to publish with it.
    if (stream.muted) this.muteForced();
  }

  /** A moderator has muted it. For its session. */
  muteForced(): void {
    this.publishAudio(false);
    this.emit('muteForced', new OTEvent('muteForced', this));
  }

  /** It is published no more. For its session. @param forGood whatever a handler prevents */
  end(reason: StreamEndReason, forGood = false): void {
    const stream = this.#stream;
    this.#link?.close();
    this.#link = null;
    this.#host = null;
    this.#streamId = null;
    this.#stream = undefined;
    this.#published.reject(new OTError('OT_STREAM_DESTROYED', `The stream ended (${reason})`));
    if (!stream) {
      this.destroy();
      return;
    }
    const event = eventWith('streamDestroyed', this, { stream, reason }, true);
    this.emit('streamDestroyed', event);
    if (forGood || !event.isDefaultPrevented()) this.destroy();
  }

  /** Its media is being mended: when that takes a new stream, the end of the old one is not the end. For its session. */
  get isMending(): boolean {
    return this.#link?.isMending ?? false;
  }

  protected override listenersChanged(): void {
    this.#restartMeter();
  }

  async #prepare(): Promise<void> {
    const asked = await willAsk(this.#properties);
    if (asked) this.emit('accessDialogOpened', new OTEvent('accessDialogOpened', this));
    try {
      await this.#capture();
    } catch (error) {
      if (asked) this.emit('accessDialogClosed', new OTEvent('accessDialogClosed', this));
      const known = asOTError(error, 'OT_UNABLE_TO_CAPTURE_MEDIA');
      if (known.name === 'OT_USER_MEDIA_ACCESS_DENIED')
        this.emit('accessDenied', new OTEvent('accessDenied', this, true));
      throw known;
    }
    if (asked) this.emit('accessDialogClosed', new OTEvent('accessDialogClosed', this));
    this.accessAllowed = true;
    this.emit('accessAllowed', new OTEvent('accessAllowed', this));
  }

  async #capture(): Promise<void> {
    const media = await capture(this.#properties);
    this.#media = media;
    if (this.#isDestroyed) {
      for (const track of media.getTracks()) this.#release(track);
      throw new OTError('OT_STREAM_DESTROYED', 'The publisher was destroyed');
    }
    for (const track of media.getAudioTracks()) track.enabled = this.#hasAudio;
    for (const track of media.getVideoTracks()) track.enabled = this.#hasVideo;
    for (const track of media.getTracks()) this.#watch(track);
    const { mirror = true, name } = this.#properties;
    this.#view = new MediaView({
      ...this.#properties,
      kind: 'publisher',
      target: this.#target,
      mirror,
      label: name || 'Your own picture',
      resized: (oldValue, newValue) => this.#resized(oldValue, newValue),
    });
    this.#style.draw();
    this.#view.show(media);
    const element = this.#view.videoElement;
    this.emit('videoElementCreated', eventWith('videoElementCreated', this, { element }));
    this.#restartMeter();
  }

  #send(host: MediaHost): void {
    const { name = '', videoSource } = this.#properties;
    const query = new URLSearchParams({
      name: name.slice(0, MAX_NAME_LENGTH),
      hasAudio: String(this.#hasAudio),
      hasVideo: String(this.#hasVideo),
    });
    const { width, height } = this.#trackOf('video')?.getSettings() ?? {};
    if (width && height) query.set('videoDimensions', `${width}x${height}`);
    if (videoSource instanceof MediaStreamTrack) query.set('videoType', 'custom');
    this.#link = new PeerLink({
      address: () => host.address('whip', query.toString()),
      prepare: peer => this.#addTracks(peer),
      failure: { name: 'OT_ICE_WORKFLOW_FAILED', code: 1500 },
      timers: host.timers,
      listener: {
        created: streamId => {
          this.#streamId = streamId;
          const known = streamId === null ? undefined : host.session.streams.get(streamId);
          if (known) this.announced(known);
        },
        connected: () => {},
        disconnected: () => {},
        track: () => {},
        failed: error => this.#failed(error),
      },
    });
    this.#link.start();
  }

  #addTracks(peer: RTCPeerConnection): void {
    const media = this.#media;
    if (!media) return;
    for (const track of media.getTracks()) {
      const sendEncodings = encodingsOf(track, this.#properties);
      peer.addTransceiver(track, { direction: 'sendonly', streams: [media], sendEncodings });
    }
  }

  /** Before or after its stream was there. */
  #failed(error: OTError): void {
    this.#published.reject(error);
    if (this.#host) this.end('networkDisconnected');
  }

  #trackOf(kind: 'audio' | 'video'): MediaStreamTrack | null {
    return this.#media?.getTracks().find(track => track.kind === kind) ?? null;
  }

  async #replace(kind: 'audio' | 'video', source: string | MediaStreamTrack): Promise<void> {
    const before = this.#trackOf(kind);
    if (!before || !this.#media)
      throw new OTError('OT_NOT_SUPPORTED', `This publisher has no ${kind} source to change`);
    const track = await captureTrack(kind, source, this.#properties);
    if (this.#isDestroyed) return track.stop();
    track.enabled = kind === 'audio' ? this.#hasAudio : this.#hasVideo;
    const sender = this.#link?.peer?.getSenders().find(each => each.track === before);
    await sender?.replaceTrack(track);
    this.#media.removeTrack(before);
    this.#media.addTrack(track);
    this.#release(before);
    this.#watch(track);
    this.#restartMeter();
  }

  #resized(oldValue: VideoDimensions, newValue: VideoDimensions): void {
    if (this.#stream) this.#host?.setStream(this.#stream.streamId, { videoDimensions: newValue });
    this.emit('videoDimensionsChanged', eventWith('videoDimensionsChanged', this, { oldValue, newValue }));
  }

  #watch(track: MediaStreamTrack): void {
    track.addEventListener('ended', () => {
      if (this.#media?.getTracks().includes(track))
        this.emit('mediaStopped', eventWith('mediaStopped', this, { track }));
    });
  }

  /** The page's own tracks are the page's to stop. */
  #release(track: MediaStreamTrack): void {
    const { audioSource, videoSource } = this.#properties;
    if (track !== audioSource && track !== videoSource) track.stop();
  }

  #restartMeter(): void {
    this.#meter?.close();
    const track = this.getAudioSource();
    const isWanted = track !== null && !this.#isDestroyed && this.hasListener('audioLevelUpdated');
    this.#meter = isWanted
      ? new LevelMeter(track, audioLevel =>
          this.emit('audioLevelUpdated', eventWith('audioLevelUpdated', this, { audioLevel })),
        )
      : null;
  }
}
