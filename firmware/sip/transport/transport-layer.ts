import type { Clock } from '../../base/clock.ts';
import { CrosspointError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { formatHostPort } from '../message/host-port.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { parseVia, type Via } from '../message/via.ts';
import type { Admission } from './admission.ts';
import { ANSWER_LIMITS } from './answer-rate.ts';
import { Door, type Received, type Sender } from './door.ts';
import type { Gatekeeper } from './gatekeeper.ts';
import type { Hop, Source, TransportName } from './hop.ts';
import { LargeRequests } from './large-request.ts';
import { type BoundAddress, type ListenerOptions, type LocalAddress, localFor, tlsOrigins } from './listener.ts';
import { type PublicAddress, PublicAddresses, publicAddressIn } from './public-addresses.ts';
import { Recent } from './recent.ts';
import { StrangerGate } from './stranger-gate.ts';
import type { StreamConnection } from './stream-connection.ts';
import type { StreamLimits } from './stream-limits.ts';
import { type ConnectionInfo, type StreamCounters, StreamPool } from './stream-pool.ts';
import { type TlsClient, type TlsIdentity, VERIFIED } from './tls-identity.ts';
import { newCounters, type TransportCounters } from './transport-counters.ts';
import { UdpListener } from './udp-listener.ts';
import { responseHop, sentByOf } from './via-routing.ts';

/** How a request came in, and the way back. */
export interface Arrival {
  readonly source: Source;
  /** False when only its Call-ID let it in: it may not begin anything. */
  readonly trusted: boolean;
  /** Who its sender proved to be by digest; null for sources that are known by their address. */
  readonly user: string | null;
  readonly local: LocalAddress;
  /** The topmost Via, `received` and `rport` filled in. */
  readonly via: Via;
  /** RFC 3261 §18.2.2: sends a response to where the request came from. */
  reply(bytes: Buffer): void;
}

export interface TransportUser {
  incoming(request: SipRequest, arrival: Arrival): void;
  response(response: SipResponse, via: Via): void;
  /** Whether a transaction knows that request already: it is a retransmission. */
  holds(request: SipRequest, via: Via): boolean;
}

export interface TransportParts {
  readonly listeners: readonly ListenerOptions[];
  readonly admission: Admission;
  readonly clock: Clock;
  readonly log: Log;
  readonly streamLimits: StreamLimits;
  /** How to secure a TLS connection to a host; by default its certificate must be its own, of an authority of the system's. */
  tlsClientFor?: ((serverName: string) => TlsClient) | undefined;
  /** Sees every message that was admitted and every one that is sent. */
  tap?: Tap | undefined;
  /** Who may come in though it is not trusted; without one nobody. */
  readonly gatekeeper?: Gatekeeper | undefined;
}

export type Tap = (direction: 'in' | 'out', bytes: Buffer, local: LocalAddress, remote: Hop) => void;

/** A datagram shorter than this is a keep-alive (RFC 5626 §4.4), not a message. */
const SHORTEST_MESSAGE = 16;
/** Addresses under which we were known, for the responses that are still under way to them. */
const FORMER_ADDRESSES = 64;

/** RFC 3261 §18: sockets below, messages above. */
export class TransportLayer {
  readonly counters: TransportCounters = newCounters();
  readonly #parts: TransportParts;
  readonly #udp = new Map<LocalAddress, UdpListener>();
  readonly #streams: StreamPool;
  readonly #door: Door;
  readonly #large: LargeRequests;
  readonly #public = new PublicAddresses();
  /** Listeners that show the address that peers tell them, and the one that they had before. */
  readonly #learners = new Map<BoundAddress, string>();
  readonly #formerSentBys = new Recent<true>(FORMER_ADDRESSES);
  #locals: BoundAddress[] = [];
  /** Not listened on. */
  #tlsOrigins: LocalAddress[] = [];
  #user: TransportUser | null = null;

  constructor(parts: TransportParts) {
    const { admission, clock, log, gatekeeper } = parts;
    this.#parts = parts;
    this.#large = new LargeRequests(clock);
    this.#door = new Door({
      admission,
      gate: gatekeeper ? new StrangerGate(gatekeeper, clock, ANSWER_LIMITS) : null,
      counters: this.counters,
      log,
      admitted: from => parts.tap?.('in', from.bytes, from.local, from.source),
      request: (request, via, sender, from) => this.#request(request, via, sender, from),
      response: (response, trusted, from) => this.#response(response, trusted, from),
      holds: (request, via) => this.#user?.holds(request, via) ?? false,
      answer: (bytes, via, from) => this.#reply(bytes, responseHop(via, from.source), from.local, from.connection),
    });
    this.#streams = new StreamPool({
      clock,
      log,
      limits: parts.streamLimits,
      tlsClientFor: serverName => parts.tlsClientFor?.(serverName) ?? VERIFIED,
      isTrusted: source => admission.trusts(source),
      message: (bytes, connection, local) => this.#door.hear({ bytes, source: connection.remote, local, connection }),
      broken: (bytes, error, connection, local) =>
        this.#door.broken(error, { bytes, source: connection.remote, local, connection }),
      unreachable: hop => this.#large.refused(hop),
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
        const local = await this.#bind(options);
        this.#locals.push(local);
        if (options.learnAddress && options.advertise === undefined) this.#learners.set(local, local.advertised.host);
      } catch (error) {
        await this.close();
        const { transport, host, port } = options;
        const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
        const why = error instanceof CrosspointError ? error.message : reason;
        throw new CrosspointError('sip.listen-failed', `SIP cannot listen on ${transport} ${host}:${port}: ${why}`);
      }
    }
    this.#tlsOrigins = tlsOrigins(this.#locals);
  }

  /** Stops listening after what is queued has been written. */
  async close(): Promise<void> {
    this.#user = null;
    const udp = [...this.#udp.values()];
    this.#udp.clear();
    this.#locals = [];
    this.#tlsOrigins = [];
    this.#learners.clear();
    await Promise.all([...udp.map(listener => listener.close()), this.#streams.close()]);
  }

  /** What is bound, in the order of the configuration. */
  get locals(): readonly LocalAddress[] {
    return this.#locals;
  }

  /** Whether requests can be sent to that address over that transport. */
  reaches(transport: TransportName, address: string): boolean {
    return this.#localFor({ transport, address }, null) !== null;
  }

  /** TCP and TLS connections, of both directions. */
  get connections(): number {
    return this.#streams.size;
  }

  get connectionList(): ConnectionInfo[] {
    return this.#streams.list;
  }

  get streamCounters(): StreamCounters {
    return this.#streams.counters;
  }

  /** Bytes of each UDP listener's receive buffer, as the kernel tells them. */
  get receiveBuffers(): { local: LocalAddress; bytes: number }[] {
    return [...this.#udp].map(([local, listener]) => ({ local, bytes: listener.receiveBufferBytes ?? 0 }));
  }

  /** Where a peer last saw our requests come from, when that is not what our Via says. */
  publicAddressOf(local: LocalAddress): PublicAddress | null {
    return this.#public.of(local);
  }

  get publicAddressChanges(): number {
    return this.#public.changes;
  }

  /**
   * Another certificate for a TLS listener; connections that are open keep theirs.
   * @throws CrosspointError sip.bad-certificate, sip.no-listener
   */
  setIdentity(local: LocalAddress, identity: TlsIdentity): void {
    this.#streams.setIdentity(local, identity);
  }

  /**
   * The listener to use for requests to a hop, `preferred` (where the dialog began) when it fits.
   * @throws CrosspointError sip.transport-unsupported when there is none of that transport and address family (TLS goes out without one)
   */
  localFor(hop: Hop, preferred: LocalAddress | null): LocalAddress {
    const local = this.#localFor(hop, preferred);
    if (local) return local;
    const family = hop.address.includes(':') ? 'IPv6' : 'IPv4';
    throw new CrosspointError('sip.transport-unsupported', `no SIP listener for ${hop.transport} over ${family}`);
  }

  /**
   * RFC 3261 §18.1.1: over which hops to try a request of that size, in order, when its target did not say which
   * transport it wants (a `transport` parameter, `sips:`, NAPTR): a UDP hop of a request over 1300 bytes becomes TCP and
   * then UDP again. The Via names the transport, so each is a transaction of its own: the next is for when the one
   * before failed with cause `transport`. A peer that refused is not asked again for ten minutes.
   *
   * @param bytes as `sizeOf` (large-request.ts) tells
   * @returns one hop or two
   */
  forSize(hop: Hop, bytes: number): readonly Hop[] {
    const hops = this.#large.hops(hop, bytes);
    return hops.filter(each => each === hop || this.reaches(each.transport, each.address));
  }

  send(bytes: Buffer, hop: Hop, local: LocalAddress, failed: (error: Error) => void): void {
    this.#countSent(bytes, hop, local);
    const onError = (error: Error) => {
      this.counters.sendErrors += 1;
      failed(error);
    };
    const listener = this.#udp.get(local);
    if (hop.transport !== 'udp') this.#streams.send(bytes, hop, local, onError);
    else if (listener) listener.send(bytes, hop.address, hop.port, onError);
    else onError(new Error('the SIP listener is closed'));
  }

  #localFor(hop: { transport: TransportName; address: string }, preferred: LocalAddress | null): LocalAddress | null {
    return localFor(this.#locals, hop, preferred) ?? localFor(this.#tlsOrigins, hop, preferred);
  }

  async #bind(options: ListenerOptions): Promise<BoundAddress> {
    if (options.transport !== 'udp') return await this.#streams.listen(options);
    const listener = new UdpListener(
      options,
      (bytes, source, from) => this.#datagram(bytes, source, from.local),
      this.#parts.log,
    );
    await listener.start();
    this.#udp.set(listener.local, listener);
    return listener.local;
  }

  #datagram(bytes: Buffer, source: Source, local: LocalAddress): void {
    if (bytes.length < SHORTEST_MESSAGE) this.counters.keepAlives += 1;
    else this.#door.hear({ bytes, source, local, connection: null });
  }

  #request(request: SipRequest, via: Via, { trusted, user }: Sender, { source, local, connection }: Received): void {
    // A server transaction keeps this for half a minute: hold the hop, not the Via.
    const hop = responseHop(via, source);
    const reply = (response: Buffer) => this.#reply(response, hop, local, connection);
    this.#user?.incoming(request, { source, trusted, user, local, via, reply });
  }

  #response(response: SipResponse, trusted: boolean, { local }: Received): void {
    const via = parseVia(response.headers.get('Via') ?? '');
    const sentBy = sentByOf(via);
    const ours = (each: LocalAddress) => each.sentBy === sentBy;
    if (!this.#locals.some(ours) && !this.#tlsOrigins.some(ours) && !this.#formerSentBys.get(sentBy)) {
      this.counters.misdirected += 1;
      return;
    }
    // Others could tell us an address at which nobody reaches us.
    if (trusted) this.#learn(local, via);
    this.#user?.response(response, via);
  }

  #learn(local: LocalAddress, via: Via): void {
    const address = publicAddressIn(via, local);
    if (!address || !this.#public.learn(local, address)) return;
    for (const [learner, original] of this.#learners) {
      // A peer in our own network sees us as we are: that says nothing about how the others do.
      if (learner !== local || address.host === original) continue;
      this.#formerSentBys.set(learner.sentBy, true);
      learner.advertised = address;
      learner.sentBy = formatHostPort(address.host, address.port);
      this.#parts.log.info({ listener: learner.sentBy, ...address }, 'SIP listener is seen under another address');
    }
  }

  #reply(bytes: Buffer, hop: Hop, local: LocalAddress, connection: StreamConnection | null): void {
    const ignore = () => {
      this.counters.sendErrors += 1;
    };
    if (connection?.usable) {
      this.#countSent(bytes, connection.remote, local);
      connection.send(bytes, ignore);
    } else this.send(bytes, hop, local, () => {});
  }

  #countSent(bytes: Buffer, hop: Hop, local: LocalAddress): void {
    const traffic = this.counters.traffic[hop.transport];
    this.counters.sent += 1;
    traffic.messagesOut += 1;
    traffic.bytesOut += bytes.length;
    this.#parts.tap?.('out', bytes, local, hop);
  }
}
