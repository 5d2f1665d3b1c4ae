import type { Clock } from '../../base/clock.ts';
import { CrosspointError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { SipParseError } from '../message/errors.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import { parseVia, type Via } from '../message/via.ts';
import type { Admission, Standing } from './admission.ts';
import type { Hop, Source } from './hop.ts';
import { type ListenerOptions, type LocalAddress, localFor } from './listener.ts';
import { malformedAnswer } from './malformed-answer.ts';
import type { TcpConnection, TcpLimits } from './tcp-connection.ts';
import { TcpPool } from './tcp-pool.ts';
import { UdpListener } from './udp-listener.ts';
import { responseHop, sentByOf, stampVia } from './via-routing.ts';

/** How a request came in, and the way back. */
export interface Arrival {
  readonly source: Source;
  /** False when only its Call-ID let it in: it may not begin anything. */
  readonly trusted: boolean;
  readonly local: LocalAddress;
  /** The topmost Via, `received` and `rport` filled in. */
  readonly via: Via;
  /** RFC 3261 §18.2.2: sends a response to where the request came from. */
  reply(bytes: Buffer): void;
}

export interface TransportUser {
  incoming(request: SipRequest, arrival: Arrival): void;
  response(response: SipResponse, via: Via): void;
}

export interface TransportParts {
  readonly listeners: readonly ListenerOptions[];
  readonly admission: Admission;
  readonly clock: Clock;
  readonly log: Log;
  readonly tcpLimits: TcpLimits;
}

export interface TransportCounters {
  received: number;
  sent: number;
  /** Messages of sources that may not speak to us. */
  strangers: number;
  /** Admitted but not SIP, or with a Via that cannot be read. */
  malformed: number;
  /** Responses whose topmost Via is not ours (§18.1.2). */
  misdirected: number;
  sendErrors: number;
}

/** A datagram shorter than this is a keep-alive (RFC 5626 §4.4), not a message. */
const SHORTEST_MESSAGE = 16;

/** RFC 3261 §18: sockets below, messages above. */
export class TransportLayer {
  readonly counters: TransportCounters = {
    received: 0,
    sent: 0,
    strangers: 0,
    malformed: 0,
    misdirected: 0,
    sendErrors: 0,
  };
  readonly #parts: TransportParts;
  readonly #udp = new Map<LocalAddress, UdpListener>();
  readonly #tcp: TcpPool;
  #locals: LocalAddress[] = [];
  #user: TransportUser | null = null;

  constructor(parts: TransportParts) {
    this.#parts = parts;
    this.#tcp = new TcpPool({
      clock: parts.clock,
      limits: parts.tcpLimits,
      log: parts.log,
      message: (bytes, connection, local) => this.#onStream(bytes, connection, local),
    });
  }

  /**
   * Binds every listener; when one fails, those that were bound are closed again.
   * @throws CrosspointError sip.listen-failed
   */
  async start(user: TransportUser): Promise<void> {
    this.#user = user;
    for (const options of this.#parts.listeners) {
      try {
        this.#locals.push(await this.#bind(options));
      } catch (error) {
        await this.close();
        const { transport, host, port } = options;
        const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
        throw new CrosspointError('sip.listen-failed', `SIP cannot listen on ${transport} ${host}:${port}: ${reason}`);
      }
    }
  }

  /** Stops listening after what is queued has been written. */
  async close(): Promise<void> {
    this.#user = null;
    const udp = [...this.#udp.values()];
    this.#udp.clear();
    this.#locals = [];
    await Promise.all([...udp.map(listener => listener.close()), this.#tcp.close()]);
  }

  /** What is bound, in the order of the configuration. */
  get locals(): readonly LocalAddress[] {
    return this.#locals;
  }

  get connections(): number {
    return this.#tcp.size;
  }

  /**
   * The listener to use for requests to a hop, `preferred` (where the dialog began) when it fits.
   * @throws CrosspointError sip.transport-unsupported when there is none of that transport and address family
   */
  localFor(hop: Hop, preferred: LocalAddress | null): LocalAddress {
    const local = localFor(this.#locals, hop, preferred);
    if (local) return local;
    const family = hop.address.includes(':') ? 'IPv6' : 'IPv4';
    throw new CrosspointError('sip.transport-unsupported', `no SIP listener for ${hop.transport} over ${family}`);
  }

  send(bytes: Buffer, hop: Hop, local: LocalAddress, failed: (error: Error) => void): void {
    this.counters.sent += 1;
    const onError = (error: Error) => {
      this.counters.sendErrors += 1;
      failed(error);
    };
    const listener = this.#udp.get(local);
    if (hop.transport === 'tcp') this.#tcp.send(bytes, hop, local, onError);
    else if (listener) listener.send(bytes, hop.address, hop.port, onError);
    else onError(new Error('the SIP listener is closed'));
  }

  async #bind(options: ListenerOptions): Promise<LocalAddress> {
    if (options.transport === 'tcp') return await this.#tcp.listen(options);
    const listener = new UdpListener(
      options,
      (bytes, source, from) => this.#onDatagram(bytes, source, from),
      this.#parts.log,
    );
    await listener.start();
    this.#udp.set(listener.local, listener);
    return listener.local;
  }

  #onDatagram(bytes: Buffer, source: Source, listener: UdpListener): void {
    if (bytes.length < SHORTEST_MESSAGE) return;
    const standing = this.#parts.admission.judge(source, bytes);
    if (standing === 'stranger') {
      this.counters.strangers += 1;
      return;
    }
    this.#onMessage(bytes, source, standing, listener.local, null);
  }

  #onStream(bytes: Buffer, connection: TcpConnection, local: LocalAddress): boolean {
    const standing = this.#parts.admission.judge(connection.remote, bytes);
    if (standing === 'stranger') {
      this.counters.strangers += 1;
      return false;
    }
    this.#onMessage(bytes, connection.remote, standing, local, connection);
    return true;
  }

  /** Whatever comes in, nothing is thrown out of here: the callers are event handlers. */
  #onMessage(
    bytes: Buffer,
    source: Source,
    standing: Standing,
    local: LocalAddress,
    connection: TcpConnection | null,
  ): void {
    this.counters.received += 1;
    try {
      const message = parseMessage(bytes);
      if (message.kind === 'response') this.#onResponse(message);
      else {
        const via = stampVia(message, source);
        // A server transaction keeps this for half a minute: hold the hop, not the Via.
        const hop = responseHop(via, source);
        const reply = (response: Buffer) => this.#reply(response, hop, local, connection);
        this.#user?.incoming(message, { source, trusted: standing === 'trusted', local, via, reply });
      }
    } catch (error) {
      this.#onMalformed(error, bytes, source, standing, local, connection);
    }
  }

  #onResponse(response: SipResponse): void {
    const via = parseVia(response.headers.get('Via') ?? '');
    const sentBy = sentByOf(via);
    if (this.#locals.some(local => local.sentBy === sentBy)) this.#user?.response(response, via);
    else this.counters.misdirected += 1;
  }

  #onMalformed(
    error: unknown,
    bytes: Buffer,
    source: Source,
    standing: Standing,
    local: LocalAddress,
    connection: TcpConnection | null,
  ): void {
    if (!(error instanceof SipParseError)) {
      this.#parts.log.error({ err: error }, 'a SIP message could not be handled');
      return;
    }
    this.counters.malformed += 1;
    const answer = standing === 'trusted' ? malformedAnswer(bytes, source, error) : null;
    if (answer) this.#reply(answer.bytes, responseHop(answer.via, source), local, connection);
  }

  #reply(bytes: Buffer, hop: Hop, local: LocalAddress, connection: TcpConnection | null): void {
    const ignore = () => {
      this.counters.sendErrors += 1;
    };
    if (connection?.open) {
      this.counters.sent += 1;
      connection.send(bytes, ignore);
    } else this.send(bytes, hop, local, ignore);
  }
}
