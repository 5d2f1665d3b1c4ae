import type { Hears } from '../../pipelines/protocol/leg-media.ts';
import type { Peer, PeerListener } from './peer.ts';
import type { StreamSource } from './stream-source.ts';

/** What a client receives over WHEP: one stream, or the mix of its session. */
export class Subscription implements PeerListener {
  readonly #peer: Peer;
  readonly #source: StreamSource | null;
  #unwatch: () => void = () => undefined;
  #heard = '';

  /** @param source null: the mix */
  constructor(peer: Peer, source: StreamSource | null) {
    this.#peer = peer;
    this.#source = source;
  }

  /**
   * Opus is sent on as it comes. Anything else is decoded and encoded once for all who subscribe to it, in a mix of its
   * own.
   */
  get hears(): Hears {
    const session = this.#peer.client.session.id;
    const source = this.#source;
    const hears: Hears =
      source === null
        ? { kind: 'session', session }
        : source.receivesOpus
          ? { kind: 'leg', leg: source.leg }
          : { kind: 'session', session, only: [source.leg] };
    this.#heard = JSON.stringify(hears);
    return hears;
  }

  /** From now on it follows its source; to be called when the leg is open. */
  follow(): void {
    if (this.#peer.closed || this.#source === null) return;
    this.#unwatch = this.#source.watch({
      changed: () => this.#hearAgain(),
      ended: () => void this.#peer.close('clientDisconnected'),
    });
    this.#hearAgain();
  }

  secured(): void {}

  closed(): void {
    this.#unwatch();
  }

  #hearAgain(): void {
    const before = this.#heard;
    const { hears } = this;
    if (this.#heard !== before) void this.#peer.change({ hears });
  }
}
