import { messageOf } from '../../base/errors.ts';
import type { SipMessage, SipResponse } from '../message/message.ts';
import { parseUri } from '../message/uri.ts';
import { resolveTarget } from '../resolver/resolver.ts';
import type { Hop, Source } from '../transport/hop.ts';
import type { LocalAddress } from '../transport/listener.ts';
import { confirmed, type DialogState, refreshed, requestInDialog } from './dialog-state.ts';
import type { Stack } from './stack.ts';

const NO_BODY = Buffer.alloc(0);

/** Where the requests of a dialog go: its routes and target as values, and the hop that they lead to, resolved once. */
export class DialogPath {
  readonly #stack: Stack;
  readonly #local: LocalAddress;
  #state: DialogState;
  /** Where the INVITE went, or came from. */
  readonly #first: Hop;
  /** Where the far end was last seen: requests go there when its Contact cannot be followed. */
  #peer: Hop;
  #hop: Hop | Promise<Hop> | null = null;

  constructor(stack: Stack, state: DialogState, peer: Hop, local: LocalAddress) {
    this.#stack = stack;
    this.#state = state;
    this.#first = peer;
    this.#peer = peer;
    this.#local = local;
  }

  get state(): DialogState {
    return this.#state;
  }

  /** A message of the far end that may move its target (RFC 3261 §12.2). */
  refresh(message: SipMessage): void {
    this.#replace(refreshed(this.#state, message));
  }

  /** §13.2.2.4. @throws SipParseError */
  confirm(response: SipResponse): void {
    this.#replace(confirmed(this.#state, response));
  }

  /** A request of the dialog came from there: behind NAT the way back may have changed. */
  seen(source: Source): void {
    if (!sameHop(source, this.#peer)) this.#peer = source;
  }

  /** The listener to send from. @throws CrosspointError sip.transport-unsupported */
  localFor(hop: Hop): LocalAddress {
    return this.#stack.transport.localFor(hop, this.#local);
  }

  /**
   * The hops over which to try a request of that many bytes: over TCP first where it is too large for UDP and the far
   * end left the transport open (RFC 3261 §18.1.1).
   */
  waysTo(hop: Hop, bytes: number): readonly Hop[] {
    if (hop.transport !== 'udp' || this.#saysTransport()) return [hop];
    return this.#stack.transport.forSize(hop, bytes);
  }

  /** At once when the next hop is an IP address, which is the rule. `failed`: there is none that may be used. */
  toNextHop(send: (hop: Hop) => void, failed: (error: Error) => void): void {
    try {
      this.#hop ??= this.#nextHop();
    } catch (error) {
      failed(error instanceof Error ? error : new Error(messageOf(error)));
      return;
    }
    if (!(this.#hop instanceof Promise)) {
      send(this.#hop);
      return;
    }
    void this.#hop.then(send, failed).catch(error => {
      this.#stack.log.error({ err: error, sipCallId: this.#state.callId }, 'SIP request in dialog');
    });
  }

  /** The hop could not be reached; whether the place where the far end was last seen is worth a try instead. */
  avoid(hop: Hop): boolean {
    if (sameHop(hop, this.#peer) || !this.#mayUse(this.#peer)) return false;
    this.#hop = this.#peer;
    return true;
  }

  #replace(state: DialogState): void {
    const moved = state.remoteTarget !== this.#state.remoteTarget || state.routeSet !== this.#state.routeSet;
    this.#state = state;
    if (moved) this.#hop = null;
  }

  /**
   * The first route or the far end's Contact. When policy forbids that target, or it cannot be resolved or reached
   * (a private address behind NAT, tel:, another transport), the place from which the far end spoke serves instead.
   * @throws CrosspointError (or rejects with) the reason, when that place may not be used either
   */
  #nextHop(): Hop | Promise<Hop> {
    try {
      const hop = resolveTarget(parseUri(this.#target()), this.#stack.resolver);
      if (!(hop instanceof Promise)) return this.#usable(hop);
      return hop.then(found => this.#usable(found)).catch(error => this.#instead(error));
    } catch (error) {
      return this.#instead(error);
    }
  }

  #target(): string {
    return requestInDialog(this.#state, 'ACK', 0, NO_BODY).nextHop;
  }

  #instead(error: unknown): Hop {
    if (this.#mayUse(this.#peer)) return this.#peer;
    throw error;
  }

  #usable(hop: Hop): Hop {
    this.localFor(hop);
    // The connection that stands was checked against the name of the first target: its Contact is often a bare address.
    return [this.#first, this.#peer].find(known => sameHop(known, hop)) ?? hop;
  }

  /** What is addressed by `sips:` never leaves TLS (RFC 3261 §26.2.2). */
  #mayUse(hop: Hop): boolean {
    return hop.transport === 'tls' || !/^sips:/i.test(this.#target());
  }

  #saysTransport(): boolean {
    const [first] = this.#state.routeSet;
    return /;\s*transport\s*=/i.test(first ?? this.#state.remoteTarget);
  }
}

function sameHop(one: Hop, other: Hop): boolean {
  return one.transport === other.transport && one.address === other.address && one.port === other.port;
}
