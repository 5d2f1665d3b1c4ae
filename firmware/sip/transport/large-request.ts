import type { Clock } from '../../base/clock.ts';
import type { SipRequest } from '../message/message.ts';
import { type Hop, isReliable } from './hop.ts';
import { Recent } from './recent.ts';

/** RFC 3261 §18.1.1: larger requests go over a transport with congestion control, lest they be fragmented. */
const MAX_DATAGRAM = 1300;
/** How long a peer that does not listen to TCP is left alone. */
const REFUSED_MS = 600_000;
const MAX_REFUSALS = 1024;
/** Start line and the Via that is not there yet. */
const OWN_LINES = 200;

/** Bytes that a request will have on the wire, near enough: header fields, body, a Via and the start line. */
export function sizeOf({ headers, body }: SipRequest): number {
  return OWN_LINES + Buffer.byteLength(headers.lines('')) + body.length;
}

/** Which peers did not take TCP when a large request was to go there. */
export class LargeRequests {
  readonly #clock: Clock;
  readonly #refusedUntilMs = new Recent<number>(MAX_REFUSALS);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The hops to try, in that order: over TCP, and over UDP after all when TCP cannot be had there. */
  hops(hop: Hop, bytes: number): readonly Hop[] {
    if (isReliable(hop.transport) || bytes <= MAX_DATAGRAM) return [hop];
    const until = this.#refusedUntilMs.get(keyOf(hop)) ?? Number.NEGATIVE_INFINITY;
    return until > this.#clock.monotonic() ? [hop] : [{ ...hop, transport: 'tcp' }, hop];
  }

  refused(hop: Hop): void {
    if (hop.transport === 'tcp') this.#refusedUntilMs.set(keyOf(hop), this.#clock.monotonic() + REFUSED_MS);
  }
}

function keyOf({ address, port }: Hop): string {
  return `${address} ${port}`;
}
