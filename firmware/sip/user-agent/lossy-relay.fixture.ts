import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

const MAX_DELAY_MS = 40;

/** xorshift32: the same losses in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Shares of the datagrams, 0–1. */
export interface Impairment {
  readonly loss: number;
  readonly duplicate?: number;
  /** Held back by up to 40 ms, so that later ones overtake them. */
  readonly reorder?: number;
}

/**
 * Stands between two user agents and drops, doubles and delays datagrams both ways. Each side sees the other under a port of the relay;
 * Via and Contact are rewritten on the way, as a NAT with a SIP helper would.
 */
export class LossyRelay {
  dropped = 0;
  passed = 0;
  doubled = 0;
  delayed = 0;
  readonly #impairment: Required<Impairment>;
  readonly #random: () => number;
  readonly #sides: [Socket, Socket] = [createSocket('udp4'), createSocket('udp4')];
  readonly #ports: [number, number];
  #closed = false;

  /** `ports`: of the two user agents. */
  constructor(ports: [number, number], impairment: Impairment, seed: number) {
    this.#ports = ports;
    this.#impairment = { duplicate: 0, reorder: 0, ...impairment };
    this.#random = seededRandom(seed);
  }

  async start(): Promise<void> {
    await Promise.all(this.#sides.map(side => new Promise<void>(bound => side.bind(0, '127.0.0.1', bound))));
    for (const from of [0, 1] as const) this.#sides[from].on('message', datagram => this.#pass(datagram, from));
  }

  /** Where that side finds the other one. */
  portFor(side: 0 | 1): number {
    return (this.#sides[side].address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#sides.map(side => new Promise<void>(closed => side.close(closed))));
  }

  #pass(datagram: Buffer, from: 0 | 1): void {
    const { loss, duplicate, reorder } = this.#impairment;
    if (this.#random() < loss) {
      this.dropped += 1;
      return;
    }
    this.passed += 1;
    const to = from === 0 ? 1 : 0;
    const contact = `@127.0.0.1:${this.#ports[from]}>`;
    const seen = `@127.0.0.1:${this.portFor(to)}>`;
    const text = datagram.toString('latin1').replace(contact, seen);
    const send = () => {
      if (!this.#closed) this.#sides[to].send(Buffer.from(text, 'latin1'), this.#ports[to], '127.0.0.1');
    };
    if (this.#random() < duplicate) {
      this.doubled += 1;
      send();
    }
    if (this.#random() < reorder) {
      this.delayed += 1;
      setTimeout(send, this.#random() * MAX_DELAY_MS).unref();
    } else send();
  }
}
