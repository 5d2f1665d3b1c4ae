import type { Hears } from '../../pipelines/protocol/leg-media.ts';
import type { LegConfig } from '../media/media.ts';
import { type AgreedMedia, whatFlows } from './agreed-media.ts';
import type { Peer, PeerListener } from './peer.ts';
import type { StreamSource } from './stream-source.ts';

/** What a client receives over WHEP: one stream, or the mix of its session. */
export class Subscription implements PeerListener {
  readonly #peer: Peer;
  readonly #source: StreamSource | null;
  readonly #agreed: AgreedMedia;
  #unwatch: () => void = () => undefined;
  #taken = '';
  #showsVideo = true;

  /** @param source null: the mix */
  constructor(peer: Peer, source: StreamSource | null, agreed: AgreedMedia) {
    this.#peer = peer;
    this.#source = source;
    this.#agreed = whatFlows(agreed);
  }

  /** What its leg is sent now. */
  get terms(): Pick<LegConfig, 'hears' | 'sees'> {
    const { audio, video } = this.#agreed;
    const terms = {
      ...(audio && { hears: this.#hears }),
      ...(video && this.#source && { sees: this.#showsVideo ? this.#source.leg : null }),
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
    if (source === null) return { kind: 'session', session };
    if (source.receivesOpus) return { kind: 'leg', leg: source.leg };
    return { kind: 'session', session, only: [source.leg] };
  }

  /** From now on it follows its source; to be called when the leg is open. */
  follow(): void {
    if (this.#peer.closed || this.#source === null) return;
    this.#unwatch = this.#source.watch({
      changed: () => void this.#takeAgain(),
      ended: () => void this.#peer.close('clientDisconnected'),
    });
    void this.#takeAgain();
  }

  /** A picture begins with a key frame. Resolves when it is so. */
  showVideo(on: boolean): Promise<void> {
    this.#showsVideo = on;
    return this.#takeAgain();
  }

  secured(): void {}

  closed(): void {
    this.#unwatch();
  }

  async #takeAgain(): Promise<void> {
    const before = this.#taken;
    const { terms } = this;
    if (this.#taken !== before) await this.#peer.change(terms);
  }
}
