export type TransportName = 'udp' | 'tcp';

/** One end of a SIP hop: an IP address (never a name, IPv6 without brackets) and a port. */
export interface Hop {
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
}

/** Where a message came from. */
export type Source = Hop;
