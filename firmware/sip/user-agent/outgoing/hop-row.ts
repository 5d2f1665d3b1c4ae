import type { Stack } from '../../dialog/stack.ts';
import type { SipUri } from '../../message/uri.ts';
import { resolveTargets } from '../../resolver/resolver.ts';
import type { Hop } from '../../transport/hop.ts';

/** The hops of one target in the order in which they are tried (RFC 3263 §4.3), and what is remembered of each. */
export class HopRow {
  /** How many the target has. */
  length = 0;
  readonly #stack: Stack;
  #waiting: readonly Hop[] = [];
  #current: Hop | null = null;
  /** The current hop over another transport, for when it says nothing over the first one. */
  #otherWays: readonly Hop[] = [];
  #fixedTransport = true;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** @throws CrosspointError as `resolveTargets` does */
  async aim(target: SipUri): Promise<void> {
    this.#waiting = [];
    this.#otherWays = [];
    this.#fixedTransport = target.params.has('transport');
    this.#waiting = await resolveTargets(target, this.#stack.resolver);
    this.length = this.#waiting.length;
  }

  /**
   * The next one; undefined when all have been tried. A request too large for a datagram goes over TCP first, and over
   * UDP after all when TCP cannot be had there (RFC 3261 §18.1.1).
   */
  next(bytes: () => number): Hop | undefined {
    const [hop, ...rest] = this.#waiting;
    this.#waiting = rest;
    this.#otherWays = [];
    if (!hop) return undefined;
    this.#current = hop;
    if (hop.transport !== 'udp' || this.#fixedTransport) return hop;
    const [way = hop, ...others] = this.#stack.transport.forSize(hop, bytes());
    this.#otherWays = others;
    return way;
  }

  /** The same hop over another transport, once. */
  otherWay(): Hop | undefined {
    const [way, ...others] = this.#otherWays;
    this.#otherWays = others;
    return way;
  }

  /** It gave no response, a 503 or no connection: other calls try it last for a while. */
  failed(): void {
    if (this.#current) this.#stack.resolver.failures.add(this.#current);
  }

  answered(): void {
    if (this.#current) this.#stack.resolver.failures.remove(this.#current);
  }
}
