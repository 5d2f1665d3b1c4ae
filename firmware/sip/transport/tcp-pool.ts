import { createServer, isIP, type Server, type Socket, connect as tcpConnect } from 'node:net';
import type { Clock, Timer } from '../../base/clock.ts';
import { CrosspointError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { formatHostPort } from '../message/host-port.ts';
import type { Hop, Source } from './hop.ts';
import { type ListenerOptions, type LocalAddress, localAddress } from './listener.ts';
import { TcpConnection, type TcpLimits } from './tcp-connection.ts';

/** How long `close` lets peers read what is queued for them. */
const CLOSE_MS = 1000;

export interface TcpPoolParts {
  readonly clock: Clock;
  readonly limits: TcpLimits;
  readonly log: Log;
  /** @returns false to have the connection closed without a word */
  message(bytes: Buffer, connection: TcpConnection, local: LocalAddress): boolean;
}

/** TCP listeners and all their connections, found again by the peer's address and port (RFC 3261 §18: reuse). */
export class TcpPool {
  readonly #parts: TcpPoolParts;
  readonly #servers: Server[] = [];
  readonly #connections = new Map<string, TcpConnection>();
  #refused = 0;
  #whenEmpty: (() => void) | null = null;

  constructor(parts: TcpPoolParts) {
    this.#parts = parts;
  }

  /** @throws the socket's error (EADDRINUSE, EADDRNOTAVAIL, EACCES) */
  async listen(options: ListenerOptions): Promise<LocalAddress> {
    const server = createServer();
    this.#servers.push(server);
    await new Promise<void>((bound, failed) => {
      server.once('error', failed);
      server.listen({ host: options.host, port: options.port, ipv6Only: true }, () => {
        server.off('error', failed);
        bound();
      });
    });
    server.on('error', error => this.#parts.log.warn({ err: error }, 'SIP TCP listener'));
    const bound = server.address();
    const local = localAddress(options, typeof bound === 'object' && bound ? bound.port : options.port);
    server.on('connection', socket => this.#accepted(socket, local));
    return local;
  }

  /** Writes on the connection to that hop, which is opened when there is none. */
  send(bytes: Buffer, hop: Hop, local: LocalAddress, failed: (error: Error) => void): void {
    const known = this.#connections.get(keyOf(hop));
    if (known) {
      known.send(bytes, failed);
      return;
    }
    if (this.#connections.size >= this.#parts.limits.maxConnections) {
      failed(new CrosspointError('sip.too-many-connections', 'too many SIP connections', { retriable: true }));
      return;
    }
    const socket = tcpConnect({ host: hop.address, port: hop.port, localAddress: bindable(local.address) });
    const connection = this.#keep(socket, hop, local, true);
    connection.send(bytes, failed);
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Connections refused because there were too many. */
  get refused(): number {
    return this.#refused;
  }

  async close(): Promise<void> {
    const servers = this.#servers.splice(0);
    const stopped = servers.map(server => new Promise<void>(done => server.close(() => done())));
    for (const connection of this.#connections.values()) connection.end();
    let limit: Timer | undefined;
    const tooLong = new Promise<void>(over => {
      limit = this.#parts.clock.after(CLOSE_MS, over);
    });
    await Promise.race([tooLong, this.#allEnded()]);
    limit?.stop();
    for (const connection of this.#connections.values()) connection.destroy();
    await Promise.all(stopped);
  }

  #allEnded(): Promise<void> {
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise(ended => {
      this.#whenEmpty = ended;
    });
  }

  #accepted(socket: Socket, local: LocalAddress): void {
    const { remoteAddress, remotePort } = socket;
    if (!remoteAddress || !remotePort || !this.#hasRoomForStranger()) {
      this.#refused += 1;
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    this.#keep(socket, { transport: 'tcp', address: remoteAddress, port: remotePort }, local, false);
  }

  #hasRoomForStranger(): boolean {
    const { maxConnections, maxStrangers } = this.#parts.limits;
    if (this.#connections.size >= maxConnections) return false;
    let strangers = 0;
    for (const connection of this.#connections.values()) if (!connection.admitted) strangers += 1;
    return strangers < maxStrangers;
  }

  #keep(socket: Socket, remote: Source, local: LocalAddress, outgoing: boolean): TcpConnection {
    const { clock, limits, message } = this.#parts;
    const key = keyOf(remote);
    const connection = new TcpConnection({
      socket,
      remote,
      outgoing,
      clock,
      limits,
      message: (bytes, from) => message(bytes, from, local),
      closed: closed => {
        if (this.#connections.get(key) === closed) this.#connections.delete(key);
        if (this.#connections.size === 0) this.#whenEmpty?.();
      },
    });
    this.#connections.set(key, connection);
    connection.start();
    return connection;
  }
}

function keyOf(hop: Hop): string {
  return formatHostPort(hop.address, hop.port);
}

/** A wildcard is left to the system: only a named address has to be the source of what we send. */
function bindable(address: string): string | undefined {
  return isIP(address) && address !== '0.0.0.0' && address !== '::' ? address : undefined;
}
