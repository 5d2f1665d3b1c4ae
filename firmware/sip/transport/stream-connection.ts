import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { SipParseError } from '../message/errors.ts';
import { StreamFramer } from '../message/framer.ts';
import type { Slot } from './connection-slots.ts';
import { Deadlines } from './deadlines.ts';
import type { Source } from './hop.ts';
import { isTls } from './stream-dial.ts';
import type { StreamLimits } from './stream-limits.ts';

/** What became of a message: its sender may go on, may try again with credentials, is unwelcome, or speaks no SIP. */
export type Hearing = 'admitted' | 'challenged' | 'refused' | 'junk';

export interface ConnectionParts {
  readonly socket: Socket;
  readonly remote: Source;
  readonly outgoing: boolean;
  /** A stranger must first say something admissible. */
  readonly slot: Slot;
  readonly clock: Clock;
  readonly limits: StreamLimits;
  /** Why a connection out, just made, is not one with whom it should be. */
  peerFault(): Error | null;
  message(bytes: Buffer, connection: StreamConnection): Hearing;
  /** The stream cannot be cut into messages any more; `beginning` is what there is of the last one. */
  broken(beginning: Buffer, error: SipParseError, connection: StreamConnection): void;
  /** `made`: it was open once. */
  closed(connection: StreamConnection, made: boolean): void;
}

export type StreamState = 'connecting' | 'open' | 'ending' | 'closed';

const PING = Buffer.from('\r\n\r\n');
const PONG = Buffer.from('\r\n');
const CR = 13;
const LF = 10;
/** Sends whose sender is told when the peer turns out to be deaf; older ones have given up by themselves. */
const MAX_UNHEARD = 256;

/**
 * A TCP or TLS connection that carries SIP (RFC 3261 §18.3), whoever opened it:
 *
 *     connecting ── made, the right peer ──▶ open ── refusal, close ──▶ ending ── all written, too late ──▶ closed
 *         │                                   └──────── far end, error, deadline ─────────────────────────▶ │
 *         └────────────────── refused, too late, the wrong peer ────────────────────────────────────────────┘
 */
export class StreamConnection {
  readonly #parts: ConnectionParts;
  readonly #framer = new StreamFramer();
  readonly #deadlines: Deadlines<'connect' | 'stranger' | 'idle' | 'message' | 'ping' | 'pong'>;
  #state: StreamState;
  #admitted: boolean;
  #lastUsedMs: number;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** A connection that breaks before its peer said anything has carried nothing: these senders want to know. */
  #unheard: ((error: Error) => void)[] | null;
  #pinged = false;
  #pongSeen = false;
  #error: Error | null = null;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#state = parts.outgoing ? 'connecting' : 'open';
    this.#admitted = !parts.slot.isStranger;
    this.#unheard = parts.outgoing ? [] : null;
    this.#lastUsedMs = parts.clock.monotonic();
    this.#deadlines = new Deadlines(parts.clock, name => this.#reached(name));
  }

  start(): void {
    const { socket, limits, outgoing } = this.#parts;
    socket.setNoDelay(true);
    socket.on('data', chunk => this.#read(chunk));
    socket.on('error', error => {
      this.#error ??= error;
    });
    socket.on('close', () => this.#closed());
    if (outgoing) {
      this.#deadlines.set('connect', limits.connectMs);
      socket.once(isTls(socket) ? 'secureConnect' : 'connect', () => this.#connected());
    } else if (this.#admitted) this.#deadlines.set('idle', limits.idleMs);
    else this.#deadlines.set('stranger', limits.strangerMs);
  }

  get remote(): Source {
    return this.#parts.remote;
  }

  get outgoing(): boolean {
    return this.#parts.outgoing;
  }

  get state(): StreamState {
    return this.#state;
  }

  /** Whether messages can be handed to it. */
  get usable(): boolean {
    return this.#state === 'connecting' || this.#state === 'open';
  }

  get admitted(): boolean {
    return this.#admitted;
  }

  /** Milliseconds since a message went in or out. */
  get idleMs(): number {
    return this.#parts.clock.monotonic() - this.#lastUsedMs;
  }

  /** `failed` is called at most once. */
  send(bytes: Buffer, failed: (error: Error) => void): void {
    const { socket, limits, clock } = this.#parts;
    const queued = this.#waitingBytes + socket.writableLength;
    if (this.usable && queued + bytes.length > limits.maxQueuedBytes) {
      this.destroy(new Error('the peer does not read from its connection'));
    }
    if (!this.usable) {
      failed(this.#error ?? new Error('the connection is closed'));
      return;
    }
    this.#lastUsedMs = clock.monotonic();
    if (this.#unheard) {
      if (this.#unheard.length >= MAX_UNHEARD) this.#unheard.shift();
      this.#unheard.push(failed);
    }
    if (this.#state === 'connecting') {
      this.#waiting.push(bytes);
      this.#waitingBytes += bytes.length;
    } else this.#write(bytes, this.#unheard ? null : failed);
  }

  /** Ends after what is queued has been written; a peer that does not read has as long as for a message. */
  end(): void {
    if (this.#state === 'connecting') this.destroy();
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    this.#unheard = null;
    this.#deadlines.set('message', this.#parts.limits.messageMs);
    this.#parts.socket.destroySoon();
  }

  destroy(error?: Error): void {
    if (this.#state === 'closed') return;
    this.#error ??= error ?? null;
    // Closed by us in good order: nobody waits for an answer on it any more.
    if (!error) this.#unheard = null;
    this.#parts.socket.destroy();
    this.#closed();
  }

  /** Nothing goes out before this: not even queued bytes may reach a peer with the wrong certificate. */
  #connected(): void {
    if (this.#state !== 'connecting') return;
    const fault = this.#parts.peerFault();
    if (fault) {
      this.destroy(fault);
      return;
    }
    this.#state = 'open';
    this.#deadlines.clear('connect');
    this.#deadlines.set('idle', this.#parts.limits.idleMs);
    this.#setPing();
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const bytes of waiting) this.#write(bytes, null);
  }

  #write(bytes: Buffer, failed: ((error: Error) => void) | null): void {
    this.#parts.socket.write(bytes, error => {
      if (error) failed?.(this.#error ?? error);
    });
  }

  #read(received: Buffer): void {
    if (this.#state !== 'open') return;
    this.#unheard = null;
    const chunk = this.#withoutPong(received);
    try {
      for (const frame of this.#framer.push(chunk)) {
        // What a message led to may have closed the connection.
        if (!this.usable) return;
        this.#lastUsedMs = this.#parts.clock.monotonic();
        if (frame.kind === 'message') this.#heard(this.#parts.message(frame.bytes, this));
        else if (this.#admitted) this.#write(PONG, null);
      }
      // The last message may have ended it: that deadline is another one's now.
      if (this.#state !== 'open') return;
      if (!this.#framer.unfinished) this.#deadlines.clear('message');
      else if (!this.#deadlines.has('message')) this.#deadlines.set('message', this.#parts.limits.messageMs);
    } catch (error) {
      if (error instanceof SipParseError) this.#parts.broken(this.#framer.beginning, error, this);
      this.#error ??= error as Error;
      this.end();
    }
  }

  #heard(hearing: Hearing): void {
    if (hearing === 'junk' || (hearing === 'refused' && !this.#admitted)) this.end();
    else if (hearing === 'admitted' && !this.#admitted) {
      this.#admitted = true;
      this.#parts.slot.admit();
      this.#deadlines.clear('stranger');
      this.#deadlines.set('idle', this.#parts.limits.idleMs);
    }
  }

  #setPing(): void {
    // Scattered, so that the connections that a restart opened together do not ping together.
    this.#deadlines.set('ping', this.#parts.limits.pingMs * (0.8 + 0.2 * Math.random()));
  }

  /** RFC 5626 §3.5.1: a CRLF answers our ping; any other byte, too, shows that the peer lives. */
  #withoutPong(chunk: Buffer): Buffer {
    this.#deadlines.clear('pong');
    if (!this.#pinged || this.#framer.unfinished || chunk[0] !== CR || chunk[1] !== LF) return chunk;
    this.#pinged = false;
    this.#pongSeen = true;
    return chunk.subarray(2);
  }

  #reached(name: 'connect' | 'stranger' | 'idle' | 'message' | 'ping' | 'pong'): void {
    const { limits } = this.#parts;
    switch (name) {
      case 'connect':
        this.destroy(new Error('the connection was not made in time'));
        return;
      case 'stranger':
        this.destroy();
        return;
      case 'message':
        this.destroy(new Error('a message was not complete in time'));
        return;
      case 'pong':
        this.destroy(new Error('the peer does not answer keep-alives any more'));
        return;
      case 'ping':
        if (this.#state !== 'open') return;
        this.#write(PING, null);
        this.#pinged = true;
        // A peer that never sent a pong may not know of them.
        if (this.#pongSeen) this.#deadlines.set('pong', limits.pongMs);
        this.#setPing();
        return;
      case 'idle':
        if (this.idleMs >= limits.idleMs) this.destroy();
        else this.#deadlines.set('idle', limits.idleMs - this.idleMs);
        return;
      default:
        name satisfies never;
    }
  }

  #closed(): void {
    if (this.#state === 'closed') return;
    const made = this.#state !== 'connecting';
    this.#state = 'closed';
    this.#deadlines.stop();
    this.#waiting = [];
    this.#parts.slot.release();
    this.#parts.closed(this, made);
    const unheard = this.#unheard ?? [];
    this.#unheard = null;
    for (const failed of unheard) failed(this.#error ?? new Error('the connection was closed without a word'));
  }
}
