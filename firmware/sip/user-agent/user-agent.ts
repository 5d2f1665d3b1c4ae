import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { DialogTable } from '../dialog/dialog-table.ts';
import type { SessionTimerSettings } from '../dialog/session-timer.ts';
import type { Stack } from '../dialog/stack.ts';
import { CachedNames } from '../resolver/cached-names.ts';
import { HopFailures } from '../resolver/hop-failures.ts';
import type { Resolver } from '../resolver/resolver.ts';
import { SystemNames } from '../resolver/system-names.ts';
import { newCallId, newTag } from '../transaction/random-token.ts';
import { RFC_TIMERS, type SipTimers } from '../transaction/timers.ts';
import { TransactionLayer } from '../transaction/transaction-layer.ts';
import { Admission } from '../transport/admission.ts';
import type { Gatekeeper } from '../transport/gatekeeper.ts';
import type { Source } from '../transport/hop.ts';
import type { ListenerOptions, LocalAddress } from '../transport/listener.ts';
import type { PublicAddress } from '../transport/public-addresses.ts';
import { STREAM_LIMITS } from '../transport/stream-limits.ts';
import type { ConnectionInfo, StreamCounters } from '../transport/stream-pool.ts';
import type { TlsClient, TlsIdentity } from '../transport/tls-identity.ts';
import type { TransportCounters } from '../transport/transport-counters.ts';
import { type Tap, TransportLayer } from '../transport/transport-layer.ts';
import type { IncomingInvite } from './incoming-invite.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { InviteClient } from './invite-client.ts';
import type { InviteListener, InviteOptions, OutgoingInvite } from './invite-listener.ts';
import { InviteDraft } from './invite-request.ts';
import type { RequestOptions, RequestOutcome } from './out-of-dialog.ts';
import { sendOutOfDialog } from './out-of-dialog-client.ts';
import { RequestHandler } from './request-handler.ts';
import { TrackedClock } from './tracked-clock.ts';

export interface UserAgentOptions {
  readonly listeners: readonly ListenerOptions[];
  readonly clock: Clock;
  readonly log: Log;
  /** Sources that may begin something; everybody else gets silence, save in what is already under way. */
  isTrusted(source: Source): boolean;
  /** Whether requests may be sent to that IP address. */
  allowTarget(address: string): boolean;
  /** Who else may come in, by digest; without one nobody. */
  readonly gatekeeper?: Gatekeeper;
  /** How to secure a TLS connection to a host; by default its certificate must be its own, of an authority of the system's. */
  tlsClientFor?(serverName: string): TlsClient;
  /** Sees every message that was admitted and every one that is sent. */
  readonly tap?: Tap;
  /** Value of User-Agent: "Crosspoint/0.1.0". */
  readonly name: string;
  readonly timers?: SipTimers;
  /** Name servers, as IP addresses with or without `:port`; the system's when there are none. */
  readonly dnsServers?: readonly string[];
  /** Both directions together. A call leaves two behind for 32 s, so this is some 1,500 calls a second. */
  readonly maxTransactions?: number;
  /** RFC 4028, for calls that come in: 422 below `minS`. Default: 1800 and 90 seconds. */
  readonly sessionTimer?: SessionTimerSettings;
}

const MAX_TRANSACTIONS = 100_000;
const SESSION_TIMER: SessionTimerSettings = { intervalS: 1800, minS: 90 };

/** All that the stack holds at this moment; zeros when nothing is under way. */
export interface SipDump {
  readonly clientTransactions: number;
  readonly serverTransactions: number;
  readonly dialogs: number;
  /** TCP and TLS connections; they outlive their calls until they have been idle for ten minutes. */
  readonly connections: number;
  /** Waiting timers, one of each connection among them. */
  readonly timers: number;
  /** Call-IDs that are heard from strangers. */
  readonly callIds: number;
}

/** Totals since the start. */
export interface SipCounters extends Readonly<TransportCounters> {
  readonly streams: Readonly<StreamCounters>;
  /** Requests answered 503 because too many transactions were open. */
  readonly overloaded: number;
  /** Requests that came again. */
  readonly repeatedIn: number;
  /** Requests that were sent again for want of an answer. */
  readonly repeatedOut: number;
}

/**
 * The SIP stack of the box: everything below `calls` that speaks SIP. It knows no session and reads no SDP.
 *
 * Where it departs from RFC 3261 on purpose: a request over 1300 bytes stays on UDP when its target says UDP, or does
 * not listen to TCP (§18.1.1); `maddr` of a Via is not followed (§18.2.2: it would aim our answers at third parties);
 * 3xx is followed only as far as the owner of the call says; a Contact that policy forbids or that cannot be resolved is
 * replaced by the place from which the far end spoke.
 */
export class UserAgent {
  /** The owner of new INVITEs. Until it is set they are answered 480. */
  onInvite: (invite: IncomingInvite) => void = invite => invite.reject(480);
  /** The owner of REGISTER, MESSAGE, PUBLISH, SUBSCRIBE, NOTIFY, REFER and INFO outside of dialogs; null: 405. */
  onRequest: ((request: IncomingRequest) => void) | null = null;
  /** New INVITEs and OPTIONS are answered 503 with Retry-After; what is under way goes on. */
  draining = false;
  readonly #options: UserAgentOptions;
  readonly #clock: TrackedClock;
  readonly #admission: Admission;
  readonly #transport: TransportLayer;
  readonly #transactions: TransactionLayer;
  readonly #dialogs = new DialogTable();
  readonly #names: SystemNames;
  readonly #stack: Stack;

  constructor(options: UserAgentOptions) {
    const { log, listeners } = options;
    const timers = options.timers ?? RFC_TIMERS;
    const clock = new TrackedClock(options.clock, log);
    const admission = new Admission(clock, source => options.isTrusted(source));
    const transport = new TransportLayer({
      listeners,
      admission,
      clock,
      log,
      streamLimits: STREAM_LIMITS,
      tlsClientFor: options.tlsClientFor?.bind(options),
      tap: options.tap,
      gatekeeper: options.gatekeeper,
    });
    const transactions = new TransactionLayer({
      clock,
      timers,
      maxTransactions: options.maxTransactions ?? MAX_TRANSACTIONS,
      send: (bytes, hop, local, failed) => transport.send(bytes, hop, local, failed),
      hold: callId => admission.hold(callId),
      release: callId => admission.release(callId),
    });
    const names = new SystemNames({ servers: options.dnsServers ?? [], hostsFile: '/etc/hosts' });
    const resolver: Resolver = {
      clock,
      names: new CachedNames(names, clock),
      failures: new HopFailures(clock),
      random: Math.random,
      allowTarget: address => options.allowTarget(address),
      reaches: (protocol, address) => transport.reaches(protocol, address),
    };
    this.#options = options;
    this.#clock = clock;
    this.#admission = admission;
    this.#transport = transport;
    this.#transactions = transactions;
    this.#names = names;
    this.#stack = { clock, log, timers, transport, transactions, admission, resolver, dialogs: this.#dialogs };
  }

  /** @throws CrosspointError sip.listen-failed; nothing stays bound then */
  async start(): Promise<void> {
    this.#transactions.start(new RequestHandler(this.#stack, this, this.#options.sessionTimer ?? SESSION_TIMER));
    await this.#transport.start(this.#transactions);
  }

  /** Ends no call: forgets all of them, lets queued bytes out, and closes the sockets. */
  async close(): Promise<void> {
    this.#transactions.close();
    this.#dialogs.close();
    this.#names.close();
    await this.#transport.close();
    this.#clock.stopAll();
  }

  /** What is bound, in the order of the options. */
  get listening(): readonly LocalAddress[] {
    return this.#transport.locals;
  }

  /**
   * Calls somebody. All that can go wrong with the network is told to the listener, later.
   * @throws SipParseError, CrosspointError (sip.bad-uri, sip.header-name, sip.line-break, sip.reserved-header) when
   *   the options cannot be written as a request
   */
  invite(options: InviteOptions, listener: InviteListener): OutgoingInvite {
    const draft = new InviteDraft(options, newCallId(), newTag(), this.#options.name);
    const invite = new InviteClient(this.#stack, options, draft, listener);
    invite.start();
    return invite;
  }

  /**
   * Sends a request outside of dialogs, over each hop of its target until one answers. Never rejects: what cannot be
   * written is an outcome too.
   */
  request(options: RequestOptions): Promise<RequestOutcome> {
    return sendOutOfDialog(this.#stack, options, this.#options.name);
  }

  get counters(): SipCounters {
    const { overloaded, ignored, repeatedIn, repeatedOut } = this.#transactions;
    const { strangers, ...others } = this.#transport.counters;
    const streams = this.#transport.streamCounters;
    return { ...others, streams, strangers: strangers + ignored, overloaded, repeatedIn, repeatedOut };
  }

  /** Every TCP and TLS connection, as an operator wants to see it. */
  get connections(): readonly ConnectionInfo[] {
    return this.#transport.connectionList;
  }

  /** Bytes that the kernel keeps for each UDP listener while this process is busy. */
  get receiveBuffers(): readonly { local: LocalAddress; bytes: number }[] {
    return this.#transport.receiveBuffers;
  }

  /** Where a peer last saw our requests come from, when that is not what we advertise. */
  publicAddressOf(local: LocalAddress): PublicAddress | null {
    return this.#transport.publicAddressOf(local);
  }

  /** `isTrusted` has other answers from now on; without a word it takes two seconds to show. */
  trustChanged(): void {
    this.#admission.trustChanged();
  }

  /**
   * Another certificate for a TLS listener; connections that are open keep theirs.
   * @throws CrosspointError sip.bad-certificate, sip.no-listener
   */
  setIdentity(local: LocalAddress, identity: TlsIdentity): void {
    this.#transport.setIdentity(local, identity);
  }

  dump(): SipDump {
    return {
      clientTransactions: this.#transactions.clientCount,
      serverTransactions: this.#transactions.serverCount,
      dialogs: this.#dialogs.size,
      connections: this.#transport.connections,
      timers: this.#clock.size,
      callIds: this.#admission.size,
    };
  }
}
