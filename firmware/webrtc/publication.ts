import { messageOf } from '../base/errors.ts';
import { type LegId, newId, type StreamId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { LegConfig } from '../media/media.ts';
import type { PublishedStream, StreamDescription } from '../sessions/clients.ts';
import type { ConnectionEndReason } from '../sessions/events.ts';
import type { StreamMedia } from './agreed-media.ts';
import type { Peer, PeerListener } from './peer.ts';
import type { StreamSource, StreamWatcher } from './stream-source.ts';

/** What its client says of it; of a microphone or camera that is not there it counts for nothing. */
export type Described = Required<Omit<StreamDescription, 'id'>>;

/** What a client publishes over WHIP: announced once its media is secured, and heard no sooner. */
export class Publication implements PeerListener, StreamSource {
  readonly id = newId<StreamId>();
  readonly receivesOpus = true;
  readonly hasAudio: boolean;
  readonly video: StreamMedia['video'];
  readonly #peer: Peer;
  readonly #described: Described;
  readonly #log: Log;
  readonly #watchers = new Set<StreamWatcher>();
  #published: PublishedStream | null = null;

  constructor(peer: Peer, described: Described, { hasAudio, video }: StreamMedia, log: Log) {
    this.#peer = peer;
    this.hasAudio = hasAudio;
    this.video = video;
    this.#described = {
      ...described,
      videoType: video && described.videoType,
      hasAudio: hasAudio && described.hasAudio,
      hasVideo: video !== null && described.hasVideo,
    };
    this.#log = log;
  }

  /** The leg's settings before it is announced: in the session's mix, and silent there. */
  get terms(): LegConfig {
    if (!this.hasAudio) return {};
    return { muted: true, hears: { kind: 'session', session: this.#peer.client.session.id } };
  }

  get leg(): LegId {
    return this.#peer.leg.id;
  }

  /** It is announced and not over. */
  get live(): boolean {
    return this.#published !== null && !this.#peer.closed;
  }

  secured(): void {
    try {
      this.#published = this.#peer.client.publish(
        { ...this.#described, id: this.id },
        {
          muted: on => void this.#peer.change({ muted: on }),
          ended: () => void this.#peer.close('forceDisconnected'),
        },
      );
      if (!this.#published.muted) void this.#peer.change({ muted: false });
    } catch (error) {
      this.#log.info({ problem: messageOf(error) }, 'a stream cannot be published');
      void this.#peer.close('clientDisconnected');
    }
  }

  closed(reason: ConnectionEndReason): void {
    void this.#published?.end(reason);
    for (const watcher of [...this.#watchers]) watcher.ended();
    this.#watchers.clear();
  }

  watch(watcher: StreamWatcher): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }
}
