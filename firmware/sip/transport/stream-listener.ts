import { constants } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import type { Clock, Timer } from '../../base/clock.ts';
import { CrosspointError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Slot } from './connection-slots.ts';
import type { Source } from './hop.ts';
import { type BoundAddress, type ListenerOptions, localAddress } from './listener.ts';
import { contextOf, type TlsIdentity } from './tls-identity.ts';

export interface StreamListenerParts {
  readonly options: ListenerOptions;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a TLS handshake may take. */
  readonly handshakeMs: number;
  /** Null: there is no room for a connection from there. */
  slotFor(source: Source): Slot | null;
  /** A connection on which SIP can be spoken. Its slot is released when the socket is gone. */
  accepted(socket: Socket, remote: Source, slot: Slot, local: BoundAddress): void;
  refused(): void;
  /** A handshake that failed: no certificate, an old version, no TLS at all, or too slow. */
  handshakeFailed(): void;
}

interface Handshake {
  readonly slot: Slot;
  readonly limit: Timer;
  abort(): void;
}

/** Listens for TCP or TLS connections. */
export class StreamListener {
  readonly #parts: StreamListenerParts;
  readonly #handshakes = new Map<string, Handshake>();
  #server: Server | null = null;
  #tls: TlsServer | null = null;
  #local: BoundAddress | null = null;

  constructor(parts: StreamListenerParts) {
    this.#parts = parts;
  }

  /** @throws the socket's error (EADDRINUSE, EADDRNOTAVAIL, EACCES); CrosspointError sip.bad-certificate */
  async start(): Promise<BoundAddress> {
    const { options, log } = this.#parts;
    if (options.transport === 'tls') this.#tls = this.#handshaker(options.tls);
    const server = createServer();
    this.#server = server;
    await new Promise<void>((bound, failed) => {
      server.once('error', failed);
      server.listen({ host: options.host, port: options.port, ipv6Only: true }, () => {
        server.off('error', failed);
        bound();
      });
    });
    server.on('error', error => log.warn({ err: error }, 'SIP listener'));
    const bound = server.address();
    const local = localAddress(options, typeof bound === 'object' && bound ? bound.port : options.port);
    this.#local = local;
    server.on('connection', socket => this.#came(socket, local));
    return local;
  }

  get local(): BoundAddress | null {
    return this.#local;
  }

  /**
   * Another certificate from now on; connections that are open keep theirs.
   * @throws CrosspointError sip.bad-certificate; the one before stays
   */
  setIdentity(identity: TlsIdentity): void {
    this.#tls?.setSecureContext(contextOf(identity));
  }

  /** Stops listening; resolves when the connections that it took are closed too. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const { abort } of this.#handshakes.values()) abort();
    if (server) await new Promise<void>(done => server.close(() => done()));
  }

  /** Does handshakes only: it listens nowhere, sockets are given to it once there is room for them. */
  #handshaker(identity: TlsIdentity | undefined): TlsServer {
    if (!identity) throw new CrosspointError('sip.bad-certificate', 'a TLS listener needs a key and a certificate');
    const mutual = identity.clientCa !== undefined;
    const tls = createTlsServer({
      ...contextOf(identity),
      requestCert: mutual,
      rejectUnauthorized: mutual,
      // Renegotiation is work that a client makes for us at no cost of its own.
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    });
    tls.on('secureConnection', socket => this.#secured(socket));
    tls.on('tlsClientError', (_, socket) => {
      this.#parts.handshakeFailed();
      socket.destroy();
    });
    return tls;
  }

  #came(socket: Socket, local: BoundAddress): void {
    const { options, clock, handshakeMs } = this.#parts;
    const { remoteAddress: address, remotePort: port } = socket;
    const source = address && port ? { transport: options.transport, address, port } : null;
    const slot = source ? this.#parts.slotFor(source) : null;
    socket.on('error', () => {});
    if (!source || !slot) {
      this.#parts.refused();
      socket.destroy();
      return;
    }
    socket.once('close', () => slot.release());
    if (!this.#tls) {
      this.#parts.accepted(socket, source, slot, local);
      return;
    }
    const key = `${address} ${port}`;
    const abort = () => void socket.destroy();
    const handshake = { slot, limit: clock.after(handshakeMs, abort), abort };
    this.#handshakes.set(key, handshake);
    socket.once('close', () => {
      handshake.limit.stop();
      if (this.#handshakes.get(key) === handshake) this.#handshakes.delete(key);
    });
    this.#tls.emit('connection', socket);
  }

  #secured(socket: TLSSocket): void {
    const { remoteAddress: address, remotePort: port } = socket;
    const key = `${address} ${port}`;
    const handshake = this.#handshakes.get(key);
    this.#handshakes.delete(key);
    handshake?.limit.stop();
    if (!address || !port || !handshake || !this.#local || !this.#server) {
      socket.destroy();
      return;
    }
    this.#parts.accepted(socket, { transport: 'tls', address, port }, handshake.slot, this.#local);
  }
}
