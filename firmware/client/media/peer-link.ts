import { backOffMs } from '../back-off.ts';
import { logInfo } from '../log.ts';
import { asOTError, type Failure, type OTError } from '../ot-error.ts';
import type { Timers } from '../timers.ts';
import { restartFragment, withFragment } from './ice-fragment.ts';
import { MediaResource, type ResourceAddress, ResourceError } from './media-resource.ts';
import { PictureWish, type PictureWishes } from './picture-wish.ts';

/** How long a connection that reports `disconnected` may mend by itself. */
const PATIENCE_MS = 3_000;
/** How long a new connection, or a restarted one, may take to connect. */
const CONNECT_MS = 10_000;
/** New connections in a row that came to nothing. */
const MAX_ATTEMPTS = 8;

export interface PeerLinkListener {
  /** The box knows it under that id (publications). */
  created(streamId: string | null, peer: RTCPeerConnection): void;
  connected(): void;
  /** Its media has stopped; it is being mended. */
  disconnected(): void;
  track(track: MediaStreamTrack): void;
  /** For good. */
  failed(error: OTError): void;
}

export interface PeerLinkOptions {
  readonly address: () => ResourceAddress;
  /** Adds what is sent and received to a new connection. */
  readonly prepare: (peer: RTCPeerConnection) => void;
  /** OpenTok's name and number of what could not be done. */
  readonly failure: Failure;
  readonly timers: Timers;
  readonly listener: PeerLinkListener;
}

/**
 * One stream's peer connection with the box, kept alive.
 *
 *     new ── start ──▶ connecting ──▶ connected ──3 s disconnected, failed──▶ restarting (PATCH)
 *                       ▲  │              ▲                                     │   │
 *                       │  └─ failed ──┐  └─────────────────────────────────────┘   │
 *                       └── back-off ◀─┴────────────────────────────────────────────┘
 *                                │ too often, or refused ──▶ ended
 */
export class PeerLink {
  readonly #options: PeerLinkOptions;
  readonly #ended = new AbortController();
  #state: 'new' | 'connecting' | 'connected' | 'restarting' | 'ended' = 'new';
  #peer: RTCPeerConnection | null = null;
  #resource: MediaResource | null = null;
  readonly #picture = new PictureWish();
  #attempts = 0;
  #stopTimer = () => {};

  constructor(options: PeerLinkOptions) {
    this.#options = options;
  }

  get peer(): RTCPeerConnection | null {
    return this.#peer;
  }

  /** It was connected, and is about to be again. */
  get isMending(): boolean {
    return this.#state === 'restarting' || this.#state === 'connecting';
  }

  start(): void {
    if (this.#state === 'new') void this.#connect();
  }

  /** What a subscription wants of its picture; now, and whenever it is made anew. */
  wish(wishes: PictureWishes): void {
    this.#picture.set(wishes);
  }

  close(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#ended.abort();
    this.#drop();
  }

  async #connect(): Promise<void> {
    this.#drop();
    this.#state = 'connecting';
    this.#attempts += 1;
    const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    this.#peer = peer;
    peer.onconnectionstatechange = () => this.#stateChanged(peer);
    peer.ontrack = ({ track }) => this.#options.listener.track(track);
    this.#wait(CONNECT_MS, () => this.#retry(new Error('no media path to the box was found in time')));
    try {
      this.#options.prepare(peer);
      await peer.setLocalDescription();
      // The box is ICE-lite and learns our candidates from our checks: no need to gather them first.
      const offer = peer.localDescription?.sdp ?? '';
      const resource = await MediaResource.create(this.#options.address(), offer, this.#ended.signal);
      if (this.#peer !== peer) return resource.close();
      this.#resource = resource;
      this.#picture.attach(changed => resource.wish(changed, this.#ended.signal));
      await peer.setRemoteDescription({ type: 'answer', sdp: resource.answer });
      if (this.#peer === peer) this.#options.listener.created(resource.streamId, peer);
    } catch (error) {
      if (this.#peer === peer) this.#retry(error);
    }
  }

  #stateChanged(peer: RTCPeerConnection): void {
    if (peer !== this.#peer) return;
    switch (peer.connectionState) {
      case 'connected':
        this.#stopTimer();
        this.#attempts = 0;
        this.#state = 'connected';
        this.#options.listener.connected();
        return;
      case 'disconnected':
        if (this.#state === 'connected') this.#wait(PATIENCE_MS, () => this.#disturbed(peer));
        return;
      case 'failed':
        if (this.#state === 'connected') this.#disturbed(peer);
        else if (this.#state === 'connecting') this.#retry(new Error('no media path to the box was found'));
        return;
      default:
    }
  }

  #disturbed(peer: RTCPeerConnection): void {
    this.#state = 'restarting';
    this.#options.listener.disconnected();
    if (peer !== this.#peer) return;
    logInfo('a media connection is restarted');
    this.#wait(CONNECT_MS, () => void this.#connect());
    this.#restart(peer).catch(() => {
      if (peer === this.#peer) void this.#connect();
    });
  }

  async #restart(peer: RTCPeerConnection): Promise<void> {
    const resource = this.#resource;
    const before = peer.remoteDescription?.sdp;
    if (!resource || before === undefined) throw new Error('nothing to restart');
    await peer.setLocalDescription(await peer.createOffer({ iceRestart: true }));
    const fragment = restartFragment(peer.localDescription?.sdp ?? '');
    const answer = await resource.restartIce(fragment, this.#ended.signal);
    if (peer !== this.#peer) return;
    await peer.setRemoteDescription({ type: 'answer', sdp: withFragment(before, answer) });
  }

  /** With a new connection, a little later; or never, when the box has said no. */
  #retry(error: unknown): void {
    this.#drop();
    const isFinal = error instanceof ResourceError ? !error.isPassing : false;
    if (isFinal || this.#attempts >= MAX_ATTEMPTS) {
      this.#fail(error);
      return;
    }
    this.#wait(backOffMs(this.#attempts - 1, this.#options.timers.random()), () => void this.#connect());
  }

  #fail(error: unknown): void {
    this.close();
    const { failure, listener } = this.#options;
    const { name, code } = failure;
    listener.failed(error instanceof ResourceError ? error.asOTError(failure) : asOTError(error, name, code));
  }

  #drop(): void {
    this.#stopTimer();
    const peer = this.#peer;
    this.#peer = null;
    if (peer) {
      peer.onconnectionstatechange = null;
      peer.ontrack = null;
      peer.close();
    }
    this.#picture.attach(null);
    this.#resource?.close();
    this.#resource = null;
  }

  #wait(delayMs: number, run: () => void): void {
    this.#stopTimer();
    this.#stopTimer = this.#options.timers.after(delayMs, run);
  }
}
