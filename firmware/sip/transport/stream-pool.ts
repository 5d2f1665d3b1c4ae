import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../base/clock.ts';
import { CrosspointError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { SipParseError } from '../message/errors.ts';
import { ConnectionSlots, type Slot } from './connection-slots.ts';
import type { Hop, Source } from './hop.ts';
import type { BoundAddress, ListenerOptions, LocalAddress } from './listener.ts';
import { type Hearing, StreamConnection, type StreamState } from './stream-connection.ts';
import { dial, isTls, serverNameOf } from './stream-dial.ts';
import type { StreamLimits } from './stream-limits.ts';
import { StreamListener } from './stream-listener.ts';
import { type TlsClient, type TlsIdentity, VERIFIED } from './tls-identity.ts';
import { pinFault } from './tls-peer.ts';

/** How long `close` lets peers read what is queued for them. */
const CLOSE_MS = 1000;

export interface StreamPoolParts {
  readonly clock: Clock;
  readonly limits: StreamLimits;
  readonly log: Log;
  /** How to secure a TLS connection to that name. */
  tlsClientFor(serverName: string): TlsClient;
  isTrusted(source: Source): boolean;
  message(bytes: Buffer, connection: StreamConnection, local: LocalAddress): Hearing;
  broken(beginning: Buffer, error: SipParseError, connection: StreamConnection, local: LocalAddress): void;
  /** A connection out that was never made. */
  unreachable(hop: Hop): void;
}

export interface StreamCounters {
  /** Connections that were closed at once because there were too many. */
  refused: number;
  /** TLS handshakes of others that came to nothing. */
  handshakesFailed: number;
  /** Connections that we opened, and those of them that came to nothing. */
  opened: number;
  notMade: number;
}

/** A connection as an operator sees it. */
export interface ConnectionInfo {
  readonly remote: Source;
  readonly local: string;
  readonly outgoing: boolean;
  readonly state: StreamState;
  readonly admitted: boolean;
  readonly idleMs: number;
}

/**
 * TCP and TLS listeners and all their connections, found again by the peer (RFC 3261 §18: reuse).
 *
 * A TLS connection out is used again for the name that it was checked for only. One that came in has no such name: it
 * carries answers, and requests to exactly that address and port when no name is asked for (RFC 5923 §5 would have us
 * trust the certificate, which phones have none of).
 */
export class StreamPool {
  readonly counters: StreamCounters = { refused: 0, handshakesFailed: 0, opened: 0, notMade: 0 };
  readonly #parts: StreamPoolParts;
  readonly #slots: ConnectionSlots;
  readonly #listeners: StreamListener[] = [];
  readonly #connections = new Map<StreamConnection, LocalAddress>();
  readonly #byPeer = new Map<string, StreamConnection>();
  #whenEmpty: (() => void) | null = null;
  #closed = false;

  constructor(parts: StreamPoolParts) {
    this.#parts = parts;
    this.#slots = new ConnectionSlots(parts.limits);
  }

  /** @throws the socket's error (EADDRINUSE, EADDRNOTAVAIL, EACCES); CrosspointError sip.bad-certificate, sip.bad-advertise */
  async listen(options: ListenerOptions): Promise<BoundAddress> {
    const { clock, log, limits, isTrusted } = this.#parts;
    const listener = new StreamListener({
      options,
      clock,
      log,
      handshakeMs: limits.strangerMs,
      slotFor: source => this.#slots.incoming(source.address, isTrusted(source)),
      accepted: (socket, remote, slot, local) => void this.#keep(socket, remote, slot, local, false),
      refused: () => {
        this.counters.refused += 1;
      },
      handshakeFailed: () => {
        this.counters.handshakesFailed += 1;
      },
    });
    this.#listeners.push(listener);
    return await listener.start();
  }

  /** @throws CrosspointError sip.bad-certificate, sip.no-listener */
  setIdentity(local: LocalAddress, identity: TlsIdentity): void {
    const listener = this.#listeners.find(each => each.local === local);
    if (!listener || local.transport !== 'tls') throw new CrosspointError('sip.no-listener', 'no such TLS listener');
    listener.setIdentity(identity);
  }

  /** Writes on the connection to that hop, which is opened when there is none. */
  send(bytes: Buffer, hop: Hop, local: LocalAddress, failed: (error: Error) => void): void {
    if (this.#closed) {
      failed(new Error('the SIP listener is closed'));
      return;
    }
    try {
      (this.#find(hop) ?? this.#open(hop, local)).send(bytes, failed);
    } catch (error) {
      failed(error as Error);
    }
  }

  get size(): number {
    return this.#connections.size;
  }

  get list(): ConnectionInfo[] {
    return [...this.#connections].map(([connection, local]) => {
      const { remote, outgoing, state, admitted, idleMs } = connection;
      return { remote, local: local.sentBy, outgoing, state, admitted, idleMs };
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const stopped = this.#listeners.splice(0).map(listener => listener.close());
    for (const connection of this.#connections.keys()) connection.end();
    let limit: Timer | undefined;
    const tooLong = new Promise<void>(over => {
      limit = this.#parts.clock.after(CLOSE_MS, over);
    });
    await Promise.race([tooLong, this.#allEnded()]);
    limit?.stop();
    for (const connection of this.#connections.keys()) connection.destroy();
    await Promise.all(stopped);
  }

  #find(hop: Hop): StreamConnection | null {
    const named = this.#byPeer.get(keyOf(hop, hop.serverName));
    const unnamed = serverNameOf(hop) === hop.address ? this.#byPeer.get(keyOf(hop, undefined)) : undefined;
    return [named, unnamed].find(connection => connection?.usable) ?? null;
  }

  /** @throws CrosspointError sip.too-many-connections; what `dial` throws */
  #open(hop: Hop, local: LocalAddress): StreamConnection {
    const slot = this.#slots.outgoing();
    if (!slot) {
      throw new CrosspointError('sip.too-many-connections', 'too many SIP connections are open', { retriable: true });
    }
    try {
      const client = hop.transport === 'tls' ? this.#parts.tlsClientFor(serverNameOf(hop)) : VERIFIED;
      const socket = dial(hop, local, client);
      this.counters.opened += 1;
      return this.#keep(socket, hop, slot, local, true, client.pins);
    } catch (error) {
      slot.release();
      throw error;
    }
  }

  #keep(
    socket: Socket,
    remote: Hop,
    slot: Slot,
    local: LocalAddress,
    outgoing: boolean,
    pins?: readonly string[],
  ): StreamConnection {
    const { clock, limits, message, broken } = this.#parts;
    const key = keyOf(remote, remote.serverName);
    const connection = new StreamConnection({
      socket,
      remote,
      outgoing,
      slot,
      clock,
      limits,
      peerFault: () => (isTls(socket) ? pinFault(socket, pins) : null),
      message: (bytes, from) => message(bytes, from, local),
      broken: (beginning, error, from) => broken(beginning, error, from, local),
      closed: (closed, made) => this.#forget(closed, key, made),
    });
    this.#connections.set(connection, local);
    this.#byPeer.set(key, connection);
    connection.start();
    return connection;
  }

  #forget(connection: StreamConnection, key: string, made: boolean): void {
    if (connection.outgoing && !made) {
      this.counters.notMade += 1;
      this.#parts.unreachable(connection.remote);
    }
    this.#connections.delete(connection);
    if (this.#byPeer.get(key) === connection) this.#byPeer.delete(key);
    if (this.#connections.size === 0) this.#whenEmpty?.();
  }

  #allEnded(): Promise<void> {
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise(ended => {
      this.#whenEmpty = ended;
    });
  }
}

/** "" for TCP and for connections that came in: they stand for an address and port alone. */
function keyOf({ transport, address, port }: Hop, serverName: string | undefined): string {
  return `${transport} ${address} ${port} ${transport === 'tls' ? (serverName ?? '') : ''}`;
}
