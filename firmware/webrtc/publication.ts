import type { LegQuality } from '../../pipelines/protocol/figures.ts';
import { Allowance } from '../base/allowance.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { type LegId, newId, type StreamId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { LegConfig, MediaDigit } from '../media/media.ts';
import { type MediaFigures, mediaFigures } from '../quality/call-media.ts';
import type { Client, PublishedStream, StreamDescription } from '../sessions/clients.ts';
import type { ConnectionEndReason } from '../sessions/events.ts';
import type { StreamMedia } from './agreed-media.ts';
import type { OwnLegs } from './own-legs.ts';
import type { Peer, PeerListener } from './peer.ts';
import type { StreamSource, StreamWatcher } from './stream-source.ts';

/** What its client says of it; of a microphone or camera that is not there it counts for nothing. */
export type Described = Required<Omit<StreamDescription, 'id'>>;

export interface PublicationParts {
  readonly peer: Peer;
  readonly described: Described;
  readonly media: StreamMedia;
  readonly ownLegs: OwnLegs;
  /** The client has pressed a key, and may be heard. */
  readonly pressed: (client: Client, digit: MediaDigit) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** More than who dials by program sends; digits are packets, of which a far end may send as many as it likes. */
const DIGIT_BURST = 64;
const DIGITS_PER_SECOND = 20;

/** What a client publishes over WHIP: announced once its media is secured, and heard no sooner. */
export class Publication implements PeerListener, StreamSource {
  readonly id = newId<StreamId>();
  readonly receivesOpus = true;
  readonly hasAudio: boolean;
  readonly video: StreamMedia['video'];
  readonly #parts: PublicationParts;
  readonly #peer: Peer;
  readonly #described: Described;
  readonly #digits: Allowance;
  readonly #watchers = new Set<StreamWatcher>();
  #published: PublishedStream | null = null;
  #forgetLeg: () => void = () => undefined;
  #quality: MediaFigures | null = null;

  constructor(parts: PublicationParts) {
    const { peer, described, media } = parts;
    this.#parts = parts;
    this.#peer = peer;
    this.hasAudio = media.hasAudio;
    this.video = media.video;
    this.#described = {
      ...described,
      videoType: media.video && described.videoType,
      hasAudio: media.hasAudio && described.hasAudio,
      hasVideo: media.video !== null && described.hasVideo,
    };
    this.#digits = new Allowance(parts.clock, DIGIT_BURST, DIGITS_PER_SECOND);
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
    const { ownLegs, log } = this.#parts;
    try {
      this.#published = this.#peer.client.publish(
        { ...this.#described, id: this.id },
        {
          quality: () => this.#quality,
          muted: on => void this.#peer.change({ muted: on }),
          ended: () => void this.#peer.close('forceDisconnected'),
        },
      );
      this.#forgetLeg = ownLegs.add(this.#peer.client, this.leg);
      if (!this.#published.muted) void this.#peer.change({ muted: false });
    } catch (error) {
      log.info({ connection: this.#peer.client.connection, problem: messageOf(error) }, 'a stream cannot be published');
      void this.#peer.close('clientDisconnected');
    }
  }

  digit(digit: MediaDigit): void {
    if (this.live && !this.#published?.muted && this.#digits.take()) this.#parts.pressed(this.#peer.client, digit);
  }

  /** The figures of its leg in the interval that has just ended. */
  measured({ interval }: LegQuality): void {
    this.#quality = mediaFigures(interval);
  }

  closed(reason: ConnectionEndReason): void {
    this.#forgetLeg();
    void this.#published?.end(reason);
    for (const watcher of [...this.#watchers]) watcher.ended();
    this.#watchers.clear();
  }

  watch(watcher: StreamWatcher): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }
}
