/** What a connection to a broker over TLS is made with, as PEM. */
export interface BrokerTls {
  /** Absent: the public authorities. */
  readonly ca?: string;
  /** What we prove ourselves with. */
  readonly cert?: string;
  readonly key?: string;
  /** Whether the broker's certificate is checked. */
  readonly verify: boolean;
}
