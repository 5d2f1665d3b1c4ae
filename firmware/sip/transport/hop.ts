export type TransportName = 'udp' | 'tcp';

/** One end of a SIP hop: an IP address (never a name, IPv6 without brackets) and a port. */
export interface Hop {
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
}

/** Where a message came from. */
export type Source = Hop;

/** `192.0.2.1:5060`, `[2001:db8::1]:5060`: for Via, Contact, logs and keys. */
export function hostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
