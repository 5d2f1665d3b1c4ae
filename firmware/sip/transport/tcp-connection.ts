import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../base/clock.ts';
import { StreamFramer } from '../message/framer.ts';
import type { Source } from './hop.ts';

export interface TcpLimits {
  /** Connections in both directions; further ones are closed at once. */
  readonly maxConnections: number;
  /** Of those, connections from which nothing admissible has come yet. */
  readonly maxStrangers: number;
  /** How long such a one may take for its first message. */
  readonly strangerMs: number;
  readonly connectMs: number;
  /** A connection without traffic is closed after this. */
  readonly idleMs: number;
  /** Bytes that may wait for a peer which does not read. */
  readonly maxQueuedBytes: number;
}

export const TCP_LIMITS: TcpLimits = {
  maxConnections: 1024,
  maxStrangers: 64,
  strangerMs: 10_000,
  connectMs: 5_000,
  idleMs: 600_000,
  maxQueuedBytes: 1024 * 1024,
};

const PONG = Buffer.from('\r\n');

export interface ConnectionParts {
  readonly socket: Socket;
  readonly remote: Source;
  /** False for a connection that came in: it must first say something admissible. */
  readonly outgoing: boolean;
  readonly clock: Clock;
  readonly limits: TcpLimits;
  /** @returns false when nobody here wants to hear from this peer: the connection is closed without a word */
  message(bytes: Buffer, connection: TcpConnection): boolean;
  closed(connection: TcpConnection, error: Error | null): void;
}

/** A TCP connection that carries SIP (RFC 3261 §18.3), whoever opened it. */
export class TcpConnection {
  readonly #parts: ConnectionParts;
  readonly #framer = new StreamFramer();
  #admitted: boolean;
  #lastUsedMs: number;
  #timer: Timer | null = null;
  #open = true;
  #error: Error | null = null;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#admitted = parts.outgoing;
    this.#lastUsedMs = parts.clock.monotonic();
  }

  start(): void {
    const { socket, clock, limits, outgoing } = this.#parts;
    socket.setNoDelay(true);
    socket.on('data', chunk => this.#read(chunk));
    socket.on('error', error => {
      this.#error = error;
    });
    socket.on('close', () => this.#closed());
    if (!outgoing) {
      this.#timer = clock.after(limits.strangerMs, () => this.#admissionOver());
      return;
    }
    this.#timer = clock.after(limits.connectMs, () =>
      this.destroy(new Error('the TCP connection was not made in time')),
    );
    socket.once('connect', () => {
      this.#timer?.stop();
      this.#armIdle(limits.idleMs);
    });
  }

  get remote(): Source {
    return this.#parts.remote;
  }

  get open(): boolean {
    return this.#open;
  }

  get admitted(): boolean {
    return this.#admitted;
  }

  send(bytes: Buffer, failed: (error: Error) => void): void {
    const { socket, limits, clock } = this.#parts;
    if (this.#open && socket.writableLength + bytes.length > limits.maxQueuedBytes) {
      this.destroy(new Error('the peer does not read from its TCP connection'));
    }
    if (!this.#open) {
      failed(this.#error ?? new Error('the TCP connection is closed'));
      return;
    }
    this.#lastUsedMs = clock.monotonic();
    socket.write(bytes, error => {
      if (error) failed(this.#error ?? error);
    });
  }

  /** Ends after what is queued has been written. */
  end(): void {
    if (this.#open) this.#parts.socket.destroySoon();
  }

  destroy(error?: Error): void {
    if (!this.#open) return;
    this.#error ??= error ?? null;
    this.#parts.socket.destroy(error);
    this.#closed();
  }

  #read(chunk: Buffer): void {
    this.#lastUsedMs = this.#parts.clock.monotonic();
    try {
      for (const frame of this.#framer.push(chunk)) {
        if (!this.#open) return;
        if (frame.kind === 'ping') {
          if (this.#admitted) this.send(PONG, () => {});
        } else if (this.#parts.message(frame.bytes, this)) this.#admit();
        else this.destroy();
      }
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  #admit(): void {
    if (this.#admitted) return;
    this.#admitted = true;
    this.#timer?.stop();
    this.#armIdle(this.#parts.limits.idleMs);
  }

  #admissionOver(): void {
    if (!this.#admitted) this.destroy();
  }

  #armIdle(delayMs: number): void {
    const { clock, limits } = this.#parts;
    this.#timer = clock.after(delayMs, () => {
      const leftMs = limits.idleMs - (clock.monotonic() - this.#lastUsedMs);
      if (leftMs <= 0) this.destroy();
      else this.#armIdle(leftMs);
    });
  }

  #closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#timer?.stop();
    this.#timer = null;
    this.#parts.closed(this, this.#error);
  }
}
