import { isIP, type Socket, connect as tcpConnect } from 'node:net';
import { TLSSocket, connect as tlsConnect } from 'node:tls';
import type { Hop } from './hop.ts';
import type { LocalAddress } from './listener.ts';
import { MIN_TLS, type TlsClient } from './tls-identity.ts';
import { nameFault } from './tls-peer.ts';

/** The name that a hop's certificate must bear. */
export function serverNameOf(hop: Hop): string {
  return hop.serverName ?? hop.address;
}

/**
 * Opens a connection from the listener's address. TLS is told the name (SNI; RFC 6066 §3 allows no address there) and
 * checks it; pins are for the caller to look at, once the handshake is done.
 * @throws what Node throws for a client certificate or authority that cannot be read
 */
export function dial(hop: Hop, local: LocalAddress, client: TlsClient): Socket {
  const from = bindable(local.address);
  const where = { host: hop.address, port: hop.port, ...(from === undefined ? {} : { localAddress: from }) };
  if (hop.transport !== 'tls') return tcpConnect(where);
  const { ca, key, cert, verify } = client;
  const name = serverNameOf(hop);
  return tlsConnect({
    ...where,
    servername: isIP(name) ? '' : name,
    minVersion: MIN_TLS,
    rejectUnauthorized: verify,
    checkServerIdentity: (_, certificate) => nameFault(name, certificate),
    ...(ca === undefined ? {} : { ca }),
    ...(key === undefined ? {} : { key }),
    ...(cert === undefined ? {} : { cert }),
  });
}

/** A wildcard is left to the system: only a named address has to be the source of what we send. */
function bindable(address: string): string | undefined {
  return isIP(address) && address !== '0.0.0.0' && address !== '::' ? address : undefined;
}

export function isTls(socket: Socket): socket is TLSSocket {
  return socket instanceof TLSSocket;
}
