import type { Hears } from '../../pipelines/protocol/leg-media.ts';
import type { VideoSize } from '../../pipelines/protocol/video.ts';
import type { LegConfig } from '../media/media.ts';
import { type AgreedMedia, whatFlows } from './agreed-media.ts';
import type { OwnLegs } from './own-legs.ts';
import type { Peer, PeerListener } from './peer.ts';
import type { StreamSource } from './stream-source.ts';

/** What a subscriber wants of the picture. */
export interface SubscriptionWishes {
  /** Whether it is sent one. */
  readonly video: boolean;
  /** Where it comes in layers, the smallest that is as large; null: the largest that the way to it carries. */
  readonly preferredResolution: VideoSize | null;
}

/** What a client receives over WHEP: one stream, or the mix of its session. */
export class Subscription implements PeerListener {
  readonly #peer: Peer;
  readonly #source: StreamSource | null;
  readonly #agreed: AgreedMedia;
  readonly #ownLegs: OwnLegs;
  #unwatch: () => void = () => undefined;
  #taken = '';
  #wishes: Partial<SubscriptionWishes> = {};

  /** @param source null: the mix, without what the client says itself */
  constructor(peer: Peer, source: StreamSource | null, agreed: AgreedMedia, ownLegs: OwnLegs) {
    this.#peer = peer;
    this.#source = source;
    this.#agreed = whatFlows(agreed);
    this.#ownLegs = ownLegs;
  }

  /** What its leg is sent now. */
  get terms(): Pick<LegConfig, 'hears' | 'sees' | 'seesSize'> {
    const { audio, video } = this.#agreed;
    const { video: shown = true, preferredResolution: seesSize } = this.#wishes;
    const terms = {
      ...(audio && { hears: this.#hears }),
      ...(video &&
        this.#source && { sees: shown ? this.#source.leg : null, ...(seesSize !== undefined && { seesSize }) }),
    };
    this.#taken = JSON.stringify(terms);
    return terms;
  }

  /**
   * Opus is sent on as it comes. Anything else is decoded and encoded once for all who subscribe to it, in a mix of its
   * own.
   */
  get #hears(): Hears {
    const session = this.#peer.client.session.id;
    const source = this.#source;
    if (source === null) return this.#mix();
    if (source.receivesOpus) return { kind: 'leg', leg: source.leg };
    return { kind: 'session', session, only: [source.leg] };
  }

  /** From now on it follows its source; to be called when the leg is open. */
  follow(): void {
    if (this.#peer.closed) return;
    const changed = () => void this.#takeAgain();
    this.#unwatch =
      this.#source === null
        ? this.#ownLegs.watch(this.#peer.client, changed)
        : this.#source.watch({ changed, ended: () => void this.#peer.close('clientDisconnected') });
    changed();
  }

  /** What it says nothing of stays as it was. A picture begins with a key frame. Resolves when it is so. */
  wish(wishes: Partial<SubscriptionWishes>): Promise<void> {
    this.#wishes = { ...this.#wishes, ...wishes };
    return this.#takeAgain();
  }

  secured(): void {}

  closed(): void {
    this.#unwatch();
  }

  /** Everybody but the client itself. */
  #mix(): Hears {
    const { session } = this.#peer.client;
    const except = this.#ownLegs.of(this.#peer.client);
    return { kind: 'session', session: session.id, ...(except.length > 0 && { except }) };
  }

  async #takeAgain(): Promise<void> {
    const before = this.#taken;
    const { terms } = this;
    if (this.#taken !== before) await this.#peer.change(terms);
  }
}
