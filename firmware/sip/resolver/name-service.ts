/** RFC 2782. */
export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** Without the dot at its end; '' says that the service is decidedly not available at this domain. */
  readonly target: string;
}

/** RFC 3403 §4.1. */
export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly regexp: string;
  readonly replacement: string;
}

/**
 * What the name system says of a name. An empty list: there is nothing of that kind. A rejection: it cannot be known
 * now (no answer, SERVFAIL, no name server); its `code` or message says why.
 */
export interface NameService {
  naptr(name: string): Promise<readonly NaptrRecord[]>;
  srv(name: string): Promise<readonly SrvRecord[]>;
  /** IPv4 and IPv6, best first. */
  addresses(name: string): Promise<readonly string[]>;
  /** Addresses that this machine's own hosts file gives the name; nobody else is asked about such a name. */
  pinned(name: string): Promise<readonly string[]>;
}
