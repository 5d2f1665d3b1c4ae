import type { TransportName } from '../transport/hop.ts';

/** One end of a message on the wire. */
export interface TracedAddress {
  readonly address: string;
  readonly port: number;
}

/** One SIP message as it went over the wire, at one of our sockets. */
export interface TracedMessage {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** From our side. */
  readonly direction: 'in' | 'out';
  readonly transport: TransportName;
  readonly local: TracedAddress;
  readonly remote: TracedAddress;
  readonly bytes: Buffer;
}

/** What a call's trace can tell. */
export interface Trace {
  readonly messages: readonly TracedMessage[];
  /** Messages that were not kept because the call had too many, or memory was short. */
  readonly dropped: number;
}
