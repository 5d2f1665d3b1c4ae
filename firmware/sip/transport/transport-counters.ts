import type { TransportName } from './hop.ts';

export interface Traffic {
  messagesIn: number;
  bytesIn: number;
  messagesOut: number;
  bytesOut: number;
}

/** Totals since the start. Messages in are those that were admitted. */
export interface TransportCounters {
  received: number;
  sent: number;
  /** Messages of sources that may not speak to us, and what is no SIP at all. */
  strangers: number;
  /** Of those: what is no SIP at all, whoever sent it. */
  junk: number;
  /** Of those: requests that came faster than strangers are looked into. */
  limited: number;
  /** Strangers' requests that were answered. */
  challenged: number;
  /** Strangers' requests that proved whose they are. */
  authenticated: number;
  /** Datagrams that hold a NAT open and say nothing. */
  keepAlives: number;
  /** Admitted but not SIP, or with a Via that cannot be read. */
  malformed: number;
  /** Responses whose topmost Via is not ours (§18.1.2). */
  misdirected: number;
  sendErrors: number;
  readonly traffic: Readonly<Record<TransportName, Traffic>>;
}

export function newCounters(): TransportCounters {
  const none = (): Traffic => ({ messagesIn: 0, bytesIn: 0, messagesOut: 0, bytesOut: 0 });
  return {
    received: 0,
    sent: 0,
    strangers: 0,
    junk: 0,
    limited: 0,
    challenged: 0,
    authenticated: 0,
    keepAlives: 0,
    malformed: 0,
    misdirected: 0,
    sendErrors: 0,
    traffic: { udp: none(), tcp: none(), tls: none() },
  };
}
