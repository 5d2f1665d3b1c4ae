export type TransportName = 'udp' | 'tcp' | 'tls';

/** One end of a SIP hop: an IP address (never a name, IPv6 without brackets) and a port. */
export interface Hop {
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
  /** TLS: the name to ask for (SNI) and to find in the certificate; without it the address itself. */
  readonly serverName?: string;
}

/** Whether the transport itself repeats what is lost (RFC 3261 §17). */
export function isReliable(transport: TransportName): boolean {
  return transport !== 'udp';
}

/** Where a message came from. */
export type Source = Hop;
