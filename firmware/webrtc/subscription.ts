import type { Hears } from '../../pipelines/protocol/leg-media.ts';
import type { OwnLegs } from './own-legs.ts';
import type { Peer, PeerListener } from './peer.ts';
import type { StreamSource } from './stream-source.ts';

/** What a client receives over WHEP: one stream, or the mix of its session. */
export class Subscription implements PeerListener {
  readonly #peer: Peer;
  readonly #source: StreamSource | null;
  readonly #ownLegs: OwnLegs;
  #unwatch: () => void = () => undefined;
  #heard = '';

  /** @param source null: the mix, without what the client says itself */
  constructor(peer: Peer, source: StreamSource | null, ownLegs: OwnLegs) {
    this.#peer = peer;
    this.#source = source;
    this.#ownLegs = ownLegs;
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
        ? this.#mix()
        : source.receivesOpus
          ? { kind: 'leg', leg: source.leg }
          : { kind: 'session', session, only: [source.leg] };
    this.#heard = JSON.stringify(hears);
    return hears;
  }

  /** From now on it follows its source; to be called when the leg is open. */
  follow(): void {
    if (this.#peer.closed) return;
    const changed = () => this.#hearAgain();
    this.#unwatch =
      this.#source === null
        ? this.#ownLegs.watch(this.#peer.client, changed)
        : this.#source.watch({ changed, ended: () => void this.#peer.close('clientDisconnected') });
    this.#hearAgain();
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

  #hearAgain(): void {
    const before = this.#heard;
    const { hears } = this;
    if (this.#heard !== before) void this.#peer.change({ hears });
  }
}
