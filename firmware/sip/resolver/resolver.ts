import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock, Timer } from '../../base/clock.ts';
import { CrosspointError } from '../../base/errors.ts';
import type { SipUri } from '../message/uri.ts';
import type { Hop, TransportName } from '../transport/hop.ts';

const DEFAULT_PORT = 5060;
/** As long as glibc tries by default; a caller has given up by then. */
const LOOKUP_MS = 5_000;

export interface Resolver {
  readonly clock: Clock;
  /** Whether requests may be sent to that IP address (private ranges, loopback): the owner's policy. */
  allowTarget(address: string): boolean;
  /** Whether there is a listener to send from: of a name's addresses the first such one is taken. */
  reaches(transport: TransportName, address: string): boolean;
  /** Addresses of a name, best first; the system's resolver unless a test says otherwise. */
  lookup?(name: string): Promise<string[]>;
}

/**
 * Where to send a request for that URI (RFC 3263 §4 without NAPTR and SRV): `maddr` before host, `transport`
 * parameter or UDP, port 5060 unless given. Addresses are taken at once, names through the system's resolver.
 * A hop when it is known at once, so that the usual case waits for nothing.
 * @throws CrosspointError sip.transport-unsupported (sips:, TLS, WS…), sip.no-target (tel:), sip.target-not-allowed,
 *   sip.target-unresolved
 */
export function resolveTarget(uri: SipUri, resolver: Resolver): Hop | Promise<Hop> {
  const transport = transportOf(uri);
  const port = uri.port ?? DEFAULT_PORT;
  const host = (uri.params.get('maddr') ?? uri.host).replace(/^\[|\]$/g, '');
  if (isIP(host)) return allowed({ transport, address: host, port }, resolver);
  return resolveName(host, transport, resolver).then(address => allowed({ transport, address, port }, resolver));
}

function transportOf(uri: SipUri): TransportName {
  if (uri.scheme === 'tel') {
    throw new CrosspointError('sip.no-target', 'a tel: URI names no host to send a request to');
  }
  const transport = (uri.params.get('transport') ?? 'udp').toLowerCase();
  if (uri.scheme === 'sips' || (transport !== 'udp' && transport !== 'tcp')) {
    throw new CrosspointError('sip.transport-unsupported', 'SIP goes over UDP and TCP here, not over TLS or others');
  }
  return transport;
}

function allowed(hop: Hop, resolver: Resolver): Hop {
  if (resolver.allowTarget(hop.address)) return hop;
  throw new CrosspointError('sip.target-not-allowed', `SIP requests to ${hop.address} are not allowed`);
}

async function resolveName(name: string, transport: TransportName, resolver: Resolver): Promise<string> {
  let timer: Timer | undefined;
  const tooLate = new Promise<never>((_, late) => {
    timer = resolver.clock.after(LOOKUP_MS, () => late(unresolved(name, 'the name server does not answer')));
  });
  try {
    const addresses = await Promise.race([(resolver.lookup ?? systemLookup)(name), tooLate]);
    const best = addresses.find(address => resolver.reaches(transport, address)) ?? addresses[0];
    if (best === undefined) throw unresolved(name, 'it has no address');
    return best;
  } catch (error) {
    throw error instanceof CrosspointError
      ? error
      : unresolved(name, (error as NodeJS.ErrnoException).code ?? 'failed');
  } finally {
    timer?.stop();
  }
}

async function systemLookup(name: string): Promise<string[]> {
  const found = await lookup(name, { all: true });
  return found.map(each => each.address);
}

function unresolved(name: string, why: string): CrosspointError {
  return new CrosspointError('sip.target-unresolved', `the host ${name} cannot be resolved: ${why}`, {
    retriable: true,
  });
}
