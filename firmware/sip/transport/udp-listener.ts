import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Log } from '../../base/log.ts';
import type { Source } from './hop.ts';
import { type BoundAddress, type ListenerOptions, localAddress } from './listener.ts';

/** Bursts wait in the kernel while JavaScript is busy; the system may grant less (net.core.rmem_max). */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

export type DatagramHandler = (datagram: Buffer, source: Source, listener: UdpListener) => void;

/** One UDP socket: requests and responses go out of the port that is listened on (RFC 3581 §4). */
export class UdpListener {
  readonly #options: ListenerOptions;
  readonly #onDatagram: DatagramHandler;
  readonly #log: Log;
  #socket: Socket | null = null;
  #local: BoundAddress | null = null;

  constructor(options: ListenerOptions, onDatagram: DatagramHandler, log: Log) {
    this.#options = options;
    this.#onDatagram = onDatagram;
    this.#log = log;
  }

  /** @throws before `start` */
  get local(): BoundAddress {
    if (!this.#local) throw new Error('the UDP listener is not started');
    return this.#local;
  }

  /** @throws the socket's error (EADDRINUSE, EADDRNOTAVAIL, EACCES) */
  async start(): Promise<void> {
    const ipv6 = isIPv6(this.#options.host);
    const socket = createSocket({
      type: ipv6 ? 'udp6' : 'udp4',
      // An IPv4 peer would show up as ::ffff:a.b.c.d, an address that no list of sources holds.
      ipv6Only: ipv6,
      // Hops are addresses: going through the resolver would cost a turn of the event loop for each datagram.
      lookup: (address, _options, done) => done(null, address, ipv6 ? 6 : 4),
    });
    this.#socket = socket;
    await new Promise<void>((bound, failed) => {
      socket.once('error', failed);
      socket.bind({ address: this.#options.host, port: this.#options.port }, () => {
        socket.off('error', failed);
        bound();
      });
    });
    socket.on('error', error => this.#log.warn({ err: error }, 'SIP UDP socket'));
    socket.on('message', (datagram, from) =>
      this.#onDatagram(datagram, { transport: 'udp', address: from.address, port: from.port }, this),
    );
    this.#local = localAddress(this.#options, socket.address().port);
    this.#enlargeBuffers(socket);
  }

  /** Bytes that the kernel keeps for us while we are busy; null before `start` and after `close`. */
  get receiveBufferBytes(): number | null {
    return this.#socket?.getRecvBufferSize() ?? null;
  }

  #enlargeBuffers(socket: Socket): void {
    try {
      socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
      socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
    } catch (error) {
      this.#log.warn({ err: error }, 'SIP UDP socket keeps its small buffers');
    }
    // Linux tells twice what was granted: its own book-keeping is in it (socket(7)).
    const grantedBytes = socket.getRecvBufferSize() / 2;
    const facts = { listener: this.#local?.sentBy, askedBytes: SOCKET_BUFFER_BYTES, grantedBytes };
    if (grantedBytes >= SOCKET_BUFFER_BYTES) this.#log.info(facts, 'SIP UDP receive buffer');
    else this.#log.warn(facts, 'SIP UDP receive buffer is small: raise net.core.rmem_max');
  }

  send(bytes: Buffer, address: string, port: number, failed: (error: Error) => void): void {
    this.#socket?.send(bytes, port, address, error => {
      if (error) failed(error);
    });
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = null;
    if (socket) await new Promise<void>(done => socket.close(done));
  }
}
