import { networkOf } from './source-network.ts';
import type { StreamLimits } from './stream-limits.ts';

/** A place among the connections that may be open at a time. */
export interface Slot {
  /** Nothing is known of the peer yet. */
  readonly isStranger: boolean;
  /** The peer has said something admissible: it is no stranger any more. */
  admit(): void;
  release(): void;
}

interface Share {
  all: number;
  strangers: number;
}

/** Counts connections, in all and by source, strangers apart, so that no source keeps the others out. */
export class ConnectionSlots {
  readonly #limits: StreamLimits;
  readonly #sources = new Map<string, Share>();
  readonly #total: Share = { all: 0, strangers: 0 };

  constructor(limits: StreamLimits) {
    this.#limits = limits;
  }

  /** For a connection that we open; null when there are too many. */
  outgoing(): Slot | null {
    if (this.#total.all >= this.#limits.maxConnections) return null;
    return this.#slot([this.#total], false);
  }

  /** For a connection that came in; null when there are too many, or too many from there. */
  incoming(address: string, trusted: boolean): Slot | null {
    const { maxConnections, maxPerSource, maxStrangers, maxStrangersPerSource } = this.#limits;
    const network = networkOf(address);
    const share = this.#sources.get(network) ?? { all: 0, strangers: 0 };
    if (this.#total.all >= maxConnections || share.all >= maxPerSource) return null;
    if (!trusted && (this.#total.strangers >= maxStrangers || share.strangers >= maxStrangersPerSource)) return null;
    this.#sources.set(network, share);
    return this.#slot([this.#total, share], !trusted, () => {
      if (share.all === 0) this.#sources.delete(network);
    });
  }

  #slot(shares: readonly Share[], unknown: boolean, released?: () => void): Slot {
    let stranger = unknown;
    let held = true;
    const admit = () => {
      if (!stranger) return;
      stranger = false;
      for (const share of shares) share.strangers -= 1;
    };
    for (const share of shares) {
      share.all += 1;
      if (stranger) share.strangers += 1;
    }
    return {
      get isStranger() {
        return stranger;
      },
      admit,
      release: () => {
        if (!held) return;
        held = false;
        admit();
        for (const share of shares) share.all -= 1;
        released?.();
      },
    };
  }
}
