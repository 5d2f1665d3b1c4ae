import type { Clock } from '../../base/clock.ts';
import type { SipResponse } from '../message/message.ts';
import type { SipTimers } from './timers.ts';

/** What a server transaction is made of. */
export interface ServerParts {
  readonly reliable: boolean;
  readonly timers: SipTimers;
  readonly clock: Clock;
  send(bytes: Buffer): void;
  /** Takes the transaction out of the table. */
  ended(): void;
}

/**
 * A server transaction outlives its call by half a minute, thousands of them at a busy moment: it keeps the answer that
 * may have to be sent again, and not the request.
 */
export interface ServerTransaction {
  /** True once a final response was given: whoever answers second is too late, and nothing is sent. */
  readonly answered: boolean;
  respond(response: SipResponse): void;
  /** The same request again, absorbed here. */
  retransmitted(): void;
  /** Stops every timer and leaves the table, without a word on the wire. */
  terminate(): void;
}
