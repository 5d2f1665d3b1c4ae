import type { Socket } from 'node:net';
import { type Clock, systemClock, type Timer } from '../../base/clock.ts';

/** A client that means to speak does so at once; the slowest line brings a handshake in a few seconds. */
const PATIENCE_MS = 10_000;
/** Connections that have not said yet what they want; whoever has waited longest makes room for the next. */
const SEATS = 256;

/**
 * Connections of which nothing is known yet: they have sent nothing, or are in the middle of a TLS handshake. Both cost
 * a stranger nothing, so their time and their number are bounded.
 */
export class WaitingRoom {
  readonly #waiting = new Map<Socket, Timer>();
  readonly #clock: Clock;
  #closed = false;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#waiting.size;
  }

  enter(socket: Socket): void {
    if (this.#closed) {
      socket.destroy();
      return;
    }
    const [longest] = this.#waiting.keys();
    if (longest && this.#waiting.size >= SEATS) this.#drop(longest);
    this.#waiting.set(
      socket,
      this.#clock.after(PATIENCE_MS, () => this.#drop(socket)),
    );
    socket.once('close', () => this.leave(socket));
  }

  leave(socket: Socket): void {
    this.#waiting.get(socket)?.stop();
    this.#waiting.delete(socket);
  }

  /** Drops whoever waits, and whoever comes later. */
  close(): void {
    this.#closed = true;
    for (const socket of this.#waiting.keys()) this.#drop(socket);
  }

  /** At once: `close` comes later, and the next may come in before it. */
  #drop(socket: Socket): void {
    this.leave(socket);
    socket.destroy();
  }
}
