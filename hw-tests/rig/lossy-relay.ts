import type dgram from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { seededRandom } from './seeded-random.ts';
import { bindUdp, closeUdp } from './udp-socket.ts';

export interface Impairment {
  /** Shares of the packets, 0–1. */
  readonly loss?: number;
  readonly duplicate?: number;
  /** Held back by 5–50 ms, so that later packets overtake them. */
  readonly reorder?: number;
}

class Direction {
  passed = 0;
  lost = 0;
  /** Its own source: how the two ways interleave does not change what either loses. */
  readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }
}

/**
 * A UDP path that loses packets, seeded: whoever sends to its port talks to `target` through it, and is answered
 * through it; each client is given a port of its own towards the target.
 */
export class LossyRelay {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly toTarget: Direction;
  readonly toClient: Direction;
  readonly #front: dgram.Socket;
  readonly #backs = new Map<string, Promise<dgram.Socket>>();
  readonly #target: { readonly host: string; readonly port: number };
  readonly #impairment: Required<Impairment>;
  readonly #held = new Set<NodeJS.Timeout>();
  #closed = false;

  static async open(target: { host: string; port: number }, seed: number, impairment: Impairment): Promise<LossyRelay> {
    return new LossyRelay(await bindUdp('127.0.0.1'), target, seed, impairment);
  }

  private constructor(
    front: dgram.Socket,
    target: { host: string; port: number },
    seed: number,
    impairment: Impairment,
  ) {
    this.#front = front;
    this.port = front.address().port;
    this.#target = target;
    this.toTarget = new Direction(seed);
    this.toClient = new Direction(~seed);
    this.#impairment = { loss: 0, duplicate: 0, reorder: 0, ...impairment };
    front.on('message', (datagram, client) => {
      void this.#backFor(client).then(back =>
        this.#pass(this.toTarget, () => back.send(datagram, this.#target.port, this.#target.host)),
      );
    });
  }

  #backFor(client: AddressInfo | dgram.RemoteInfo): Promise<dgram.Socket> {
    const key = `${client.address}:${client.port}`;
    let back = this.#backs.get(key);
    if (!back) {
      back = bindUdp('127.0.0.1').then(socket =>
        socket.on('message', datagram =>
          this.#pass(this.toClient, () => this.#front.send(datagram, client.port, client.address)),
        ),
      );
      this.#backs.set(key, back);
    }
    return back;
  }

  #pass(direction: Direction, send: () => void): void {
    if (this.#closed) return;
    const { loss, duplicate, reorder } = this.#impairment;
    if (direction.random() < loss) {
      direction.lost++;
      return;
    }
    direction.passed++;
    if (direction.random() < duplicate) send();
    if (direction.random() >= reorder) {
      send();
      return;
    }
    const held = setTimeout(
      () => {
        this.#held.delete(held);
        if (!this.#closed) send();
      },
      5 + direction.random() * 45,
    );
    this.#held.add(held);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const held of this.#held) clearTimeout(held);
    const backs = await Promise.all(this.#backs.values());
    await Promise.all([this.#front, ...backs].map(closeUdp));
  }
}
