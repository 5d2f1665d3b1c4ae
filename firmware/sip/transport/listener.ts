import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { CrosspointError } from '../../base/errors.ts';
import { formatHostPort, parseHostPort } from '../message/host-port.ts';
import type { TransportName } from './hop.ts';
import type { TlsIdentity } from './tls-identity.ts';

export interface ListenerOptions {
  readonly transport: TransportName;
  /** IP address to bind; `0.0.0.0` or `::` for all. */
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  /** `host` or `host:port` (IPv6 in brackets) for Via and Contact, where peers see the box under another address. */
  readonly advertise?: string;
  /** Without `advertise`: show the address from which trusted peers see our requests come, once one has said so. */
  readonly learnAddress?: boolean;
  /** Needed when the transport is TLS. */
  readonly tls?: TlsIdentity;
}

/** A listener once it is bound. */
export interface LocalAddress {
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
  /** As peers see it; an IPv6 address without brackets. */
  readonly advertised: { readonly host: string; readonly port: number };
  /** The same as `host:port`, for Via. */
  readonly sentBy: string;
}

/** The same for its owner, who may learn what to advertise. */
export type BoundAddress = { -readonly [Field in keyof LocalAddress]: LocalAddress[Field] };

/** @throws CrosspointError sip.bad-advertise */
export function localAddress(options: ListenerOptions, boundPort: number): BoundAddress {
  const { transport, host: address } = options;
  const advertised = advertisedOf(options, boundPort);
  return { transport, address, port: boundPort, advertised, sentBy: sentByOf(advertised) };
}

function advertisedOf(options: ListenerOptions, boundPort: number): LocalAddress['advertised'] {
  if (options.advertise === undefined) return { host: reachableAddress(options.host), port: boundPort };
  try {
    const { host, port } = parseHostPort(options.advertise);
    return { host, port: port ?? boundPort };
  } catch (cause) {
    const message = `advertise: "${options.advertise}" is not host or host:port`;
    throw new CrosspointError('sip.bad-advertise', message, { cause });
  }
}

/** A wildcard cannot stand in a Via: the first address of that family which is not loopback, loopback when there is none. */
function reachableAddress(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return host;
  const family = isIPv6(host) ? 'IPv6' : 'IPv4';
  for (const addresses of Object.values(networkInterfaces())) {
    for (const each of addresses ?? []) {
      if (each.family === family && !each.internal && !each.address.startsWith('fe80:')) return each.address;
    }
  }
  return family === 'IPv6' ? '::1' : '127.0.0.1';
}

/**
 * Where TLS goes out from when nobody listens for it: beside the first listener of each address family that has none.
 * Requests of the far end come back on the same connection; the port that Via and Contact then name is TLS's own, at
 * which nothing answers.
 */
export function tlsOrigins(locals: readonly LocalAddress[]): LocalAddress[] {
  const families = [false, true].map(v6 => locals.filter(({ address }) => isIPv6(address) === v6));
  return families.flatMap(family => {
    const [first] = family;
    if (!first || family.some(({ transport }) => transport === 'tls')) return [];
    const advertised = { host: first.advertised.host, port: TLS_PORT };
    return { transport: 'tls', address: first.address, port: TLS_PORT, advertised, sentBy: sentByOf(advertised) };
  });
}

/** RFC 3261 §19.1.2 */
const TLS_PORT = 5061;

function sentByOf({ host, port }: LocalAddress['advertised']): string {
  return formatHostPort(host, port);
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/**
 * The listener from which to reach a hop: of its transport and address family, loopback for loopback;
 * `preferred` (where the dialog's messages arrived) when it fits.
 */
export function localFor(
  locals: readonly LocalAddress[],
  hop: { transport: TransportName; address: string },
  preferred: LocalAddress | null,
): LocalAddress | null {
  const fits = (local: LocalAddress) =>
    local.transport === hop.transport && local.address.includes(':') === hop.address.includes(':');
  if (preferred && fits(preferred)) return preferred;
  const usable = locals.filter(fits);
  return usable.find(local => isLoopback(local.address) === isLoopback(hop.address)) ?? usable[0] ?? null;
}
