import type { Clock } from '../../base/clock.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { SipTimers } from './timers.ts';

/** What a server transaction is made of. */
export interface ServerParts {
  readonly request: SipRequest;
  readonly reliable: boolean;
  readonly timers: SipTimers;
  readonly clock: Clock;
  send(bytes: Buffer): void;
  /** Takes the transaction out of the table. */
  ended(): void;
}

export interface ServerTransaction {
  readonly request: SipRequest;
  /** True once a final response was given: whoever answers second is too late, and nothing is sent. */
  readonly answered: boolean;
  respond(response: SipResponse): void;
  /** The same request again, absorbed here. */
  retransmitted(): void;
  /** Stops every timer and leaves the table, without a word on the wire. */
  terminate(): void;
}
