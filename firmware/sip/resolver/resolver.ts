import { isIP } from 'node:net';
import type { Clock, Timer } from '../../base/clock.ts';
import { CrosspointError, messageOf } from '../../base/errors.ts';
import { isHost } from '../message/host-port.ts';
import type { SipUri } from '../message/uri.ts';
import type { Hop, TransportName } from '../transport/hop.ts';
import type { HopFailures } from './hop-failures.ts';
import { defaultPort, locate, type Place, type Wanted } from './locate.ts';
import type { NameService } from './name-service.ts';

/** As long as glibc tries by default; a caller has given up by then. */
const LOOKUP_MS = 5_000;
/** More than anybody tries in the time that a caller waits. */
const MAX_HOPS = 32;

export interface Resolver {
  readonly clock: Clock;
  readonly names: NameService;
  readonly failures: HopFailures;
  /** Whether requests may be sent to that IP address (private ranges, loopback): the owner's policy. */
  allowTarget(address: string): boolean;
  /** Whether there is a listener to send from. */
  reaches(transport: TransportName, address: string): boolean;
  /** From 0 to 1, 1 excluded: the lots of RFC 2782. */
  random(): number;
}

/**
 * Where to send a request for that URI, best first, at least one hop (RFC 3263 §4); hops that failed lately come last.
 * `maddr` stands before the host. A list when it is known at once, so that the usual case waits for nothing; the
 * look-up of a name ends within 5 s.
 * @throws CrosspointError (or rejects with) sip.transport-unsupported (WS…, or no listener reaches any of the hops),
 *   sip.no-target (tel:), sip.target-not-allowed, sip.target-unresolved
 */
export function resolveTargets(uri: SipUri, resolver: Resolver): readonly Hop[] | Promise<readonly Hop[]> {
  const wanted = wantedOf(uri);
  if (!isIP(wanted.name)) return lookUp(wanted, uri, resolver);
  const transport = wanted.transport ?? (wanted.secure ? 'tls' : 'udp');
  const hop = hopTo({ transport, address: wanted.name, port: wanted.port ?? defaultPort(transport) }, uri);
  return allowed([hop], resolver);
}

/** The first of them: inside of dialogs, where there is nothing to choose. */
export function resolveTarget(uri: SipUri, resolver: Resolver): Hop | Promise<Hop> {
  const hops = resolveTargets(uri, resolver);
  return hops instanceof Promise ? hops.then(first) : first(hops);
}

function first([hop]: readonly Hop[]): Hop {
  if (!hop) throw new CrosspointError('sip.target-unresolved', 'there is nowhere to send the request to');
  return hop;
}

function wantedOf(uri: SipUri): Wanted {
  if (uri.scheme === 'tel') {
    throw new CrosspointError('sip.no-target', 'a tel: URI names no host to send a request to');
  }
  const name = (uri.params.get('maddr') || uri.host).replace(/^\[|\]$/g, '').replace(/\.$/, '');
  // A parameter is unescaped text: anything.
  if (!isHost(name)) throw new CrosspointError('sip.target-unresolved', 'the target is not a host name or an address');
  return { name, transport: transportOf(uri), port: uri.port, secure: uri.scheme === 'sips' };
}

/** Null when the URI leaves it open. RFC 3261 §26.2.2: `sips:…;transport=tcp` is TLS over TCP. */
function transportOf({ scheme, params }: SipUri): TransportName | null {
  const said = params.get('transport')?.toLowerCase();
  if (said === undefined) return null;
  if (said === 'tls' || (said === 'tcp' && scheme === 'sips')) return 'tls';
  if ((said === 'tcp' || said === 'udp') && scheme === 'sip') return said;
  const message = scheme === 'sips' ? 'a sips: URI is reached over TLS alone' : 'SIP goes over UDP, TCP and TLS here';
  throw new CrosspointError('sip.transport-unsupported', message);
}

async function lookUp(wanted: Wanted, uri: SipUri, resolver: Resolver): Promise<readonly Hop[]> {
  const { clock, names, failures } = resolver;
  const speaks = (transport: TransportName) =>
    resolver.reaches(transport, '0.0.0.0') || resolver.reaches(transport, '::');
  let timer: Timer | undefined;
  const tooLate = new Promise<never>((_, late) => {
    timer = clock.after(LOOKUP_MS, () => late(new Error('the name server does not answer')));
  });
  try {
    const places = await Promise.race([
      locate(wanted, { clock, names, speaks, random: () => resolver.random() }),
      tooLate,
    ]);
    return failures.order(reachable(places, wanted, uri, resolver));
  } catch (error) {
    throw error instanceof CrosspointError ? error : unresolved(wanted.name, reasonOf(error));
  } finally {
    timer?.stop();
  }
}

function reachable(places: readonly Place[], { name }: Wanted, uri: SipUri, resolver: Resolver): readonly Hop[] {
  if (places.length === 0) throw unresolved(name, 'it has no address');
  const reached = places.filter(({ transport, address }) => resolver.reaches(transport, address));
  if (reached.length === 0) {
    const { transport, address } = places[0]!;
    const family = address.includes(':') ? 'IPv6' : 'IPv4';
    throw new CrosspointError('sip.transport-unsupported', `no SIP listener for ${transport} over ${family} (${name})`);
  }
  const unique = new Map(reached.map(place => [`${place.transport} ${place.address} ${place.port}`, place]));
  const hops = [...unique.values()].map(place => hopTo(place, uri));
  return allowed(hops, resolver).slice(0, MAX_HOPS);
}

/** RFC 5922 §4: the certificate is that of the domain which was asked for, whatever SRV made of it. */
function hopTo(place: Place, { host }: SipUri): Hop {
  return place.transport === 'tls' && !isIP(host) ? { ...place, serverName: host } : place;
}

function allowed(hops: readonly Hop[], resolver: Resolver): readonly Hop[] {
  const usable = hops.filter(hop => resolver.allowTarget(hop.address));
  if (usable.length > 0) return usable;
  throw new CrosspointError('sip.target-not-allowed', `SIP requests to ${hops[0]?.address} are not allowed`);
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? messageOf(error);
}

function unresolved(name: string, why: string): CrosspointError {
  return new CrosspointError('sip.target-unresolved', `the host ${name} cannot be resolved: ${why}`, {
    retriable: true,
  });
}
