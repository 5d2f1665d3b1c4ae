import type { SipRequest } from '../message/message.ts';
import { formatVia, parseVia, type Via } from '../message/via.ts';
import type { Hop, Source } from './hop.ts';
import type { LocalAddress } from './listener.ts';

/** RFC 3261 §18.2.2, §19.1.2. */
function defaultPort(transport: string): number {
  return transport.toLowerCase() === 'tls' ? 5061 : 5060;
}

/** The Via of a request of ours (RFC 3261 §18.1.1), with `rport` so that the answer finds the way back (RFC 3581 §3). */
export function viaValue(local: LocalAddress, branch: string): string {
  return `SIP/2.0/${local.transport.toUpperCase()} ${local.sentBy};branch=${branch};rport`;
}

/**
 * RFC 3261 §18.2.1, RFC 3581 §4: writes into the topmost Via where the request really came from.
 * @returns that Via
 * @throws SipParseError when the Via cannot be read
 */
export function stampVia(request: SipRequest, source: Source): Via {
  const { headers } = request;
  const via = parseVia(headers.get('Via') ?? '');
  const wantsPort = via.params.has('rport');
  if (!wantsPort && via.host === source.address) return via;
  via.params.set('received', source.address);
  if (wantsPort) via.params.set('rport', String(source.port));
  const all = headers.getAll('Via');
  all[0] = formatVia(via);
  headers.set('Via', all);
  return via;
}

/**
 * Where a response goes (RFC 3261 §18.2.2) when the connection of its request is gone, or for UDP.
 * `maddr` is not followed: it would let a request point our answers at any third party.
 */
export function responseHop(via: Via, source: Source): Hop {
  const { transport, address, port } = source;
  if (transport === 'udp' && via.params.has('rport')) return { transport, address, port };
  return { transport, address, port: via.port ?? defaultPort(transport) };
}

/** RFC 3261 §18.1.2: a response whose topmost Via is not one of ours is discarded. */
export function sentByOf(via: Via): string {
  const host = via.host.includes(':') ? `[${via.host}]` : via.host;
  return `${host}:${via.port ?? defaultPort(via.transport)}`;
}
