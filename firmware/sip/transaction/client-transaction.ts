import type { Clock } from '../../base/clock.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { Hop } from '../transport/hop.ts';
import type { LocalAddress } from '../transport/listener.ts';
import type { SipTimers } from './timers.ts';

/** Why a client transaction ended without a final response. */
export type ClientFailure =
  | { readonly cause: 'timeout'; readonly timer: 'B' | 'F' }
  | { readonly cause: 'transport'; readonly error: Error };

/** What the core above a client transaction hears. */
export interface ClientUser {
  /** Every response that is new to the core: each provisional, the first final, and each 2xx to an INVITE. */
  response(response: SipResponse): void;
  failed(failure: ClientFailure): void;
  /** The transaction left the table; nothing follows. */
  terminated?(): void;
}

/** Where a request went: its CANCEL must go the same way, on the same branch (§9.1). */
export interface ClientPath {
  readonly branch: string;
  readonly hop: Hop;
  readonly local: LocalAddress;
}

/** What a client transaction is made of. `send` hands bytes to the hop; its failures come back by `transportFailed`. */
export interface ClientParts {
  readonly request: SipRequest;
  readonly bytes: Buffer;
  readonly path: ClientPath;
  readonly timers: SipTimers;
  readonly clock: Clock;
  readonly user: ClientUser;
  send(bytes: Buffer): void;
  /** Takes the transaction out of the table. */
  ended(): void;
}

export interface ClientTransaction {
  readonly request: SipRequest;
  readonly path: ClientPath;
  start(): void;
  receive(response: SipResponse): void;
  transportFailed(error: Error): void;
  /** Stops every timer and leaves the table, without a word to anybody on the wire. */
  terminate(): void;
}
