/** Bounds of TCP and TLS connections. Times are milliseconds. */
export interface StreamLimits {
  /** Connections in both directions; further ones are closed at once. */
  readonly maxConnections: number;
  /** Of those, from one IPv4 address or IPv6 /64. */
  readonly maxPerSource: number;
  /** Connections of sources that are not trusted and have said nothing admissible yet. */
  readonly maxStrangers: number;
  readonly maxStrangersPerSource: number;
  /** How long such a one may take for its first message, its TLS handshake among that. */
  readonly strangerMs: number;
  /** How long we try to make a connection, its TLS handshake among that. */
  readonly connectMs: number;
  /** A connection without messages is closed after this. */
  readonly idleMs: number;
  /** How long a message may take from its first byte to its last. */
  readonly messageMs: number;
  /** We ping on the connections that we opened after 80 to 100 % of this (RFC 5626 §4.4.1). */
  readonly pingMs: number;
  /** How long a pong may take, from a peer that is known to send them. */
  readonly pongMs: number;
  /** Bytes that may wait for a peer which does not read. */
  readonly maxQueuedBytes: number;
}

export const STREAM_LIMITS: StreamLimits = {
  maxConnections: 1024,
  // A NAT with phones behind it is one source.
  maxPerSource: 256,
  maxStrangers: 256,
  maxStrangersPerSource: 64,
  strangerMs: 10_000,
  connectMs: 5_000,
  idleMs: 600_000,
  messageMs: 10_000,
  pingMs: 120_000,
  pongMs: 10_000,
  maxQueuedBytes: 1024 * 1024,
};
