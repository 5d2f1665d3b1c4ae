import { isIP } from 'node:net';
import type { Via } from '../message/via.ts';
import type { LocalAddress } from './listener.ts';

/** Where peers say that our requests come from. */
export interface PublicAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads our own Via as it comes back in a response: `received` and `rport` are what the peer saw (RFC 3261 §18.2.1,
 * RFC 3581 §4), which behind a NAT is another address than the one we know.
 *
 * @returns null when the peer saw us where the Via says
 */
export function publicAddressIn(via: Via, local: LocalAddress): PublicAddress | null {
  const { params } = via;
  const received = params.get('received')?.replace(/^\[|\]$/g, '');
  // Over a stream the port is the connection's own: nobody can reach us there.
  const rport = local.transport === 'udp' ? Number(params.get('rport') || Number.NaN) : Number.NaN;
  const host = received !== undefined && isIP(received) === isIP(local.address) ? received : via.host;
  const port = Number.isInteger(rport) && rport >= 1 && rport <= 65535 ? rport : local.port;
  return host === via.host && (port === via.port || via.port === null) ? null : { host, port };
}

/** The latest for each listener. */
export class PublicAddresses {
  readonly #seen = new Map<LocalAddress, PublicAddress>();
  #changes = 0;

  /** @returns whether that is news */
  learn(local: LocalAddress, address: PublicAddress): boolean {
    const before = this.#seen.get(local);
    if (before?.host === address.host && before.port === address.port) return false;
    this.#seen.set(local, address);
    this.#changes += 1;
    return true;
  }

  of(local: LocalAddress): PublicAddress | null {
    return this.#seen.get(local) ?? null;
  }

  /** How often it has changed: more than once or twice says that the NAT gives us no lasting place. */
  get changes(): number {
    return this.#changes;
  }
}
