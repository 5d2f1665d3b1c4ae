import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Resolver } from '../resolver/resolver.ts';
import type { SipTimers } from '../transaction/timers.ts';
import type { TransactionLayer } from '../transaction/transaction-layer.ts';
import type { Admission } from '../transport/admission.ts';
import type { TransportLayer } from '../transport/transport-layer.ts';
import type { DialogTable } from './dialog-table.ts';

/** The layers below, as dialogs and the user agent use them. */
export interface Stack {
  readonly clock: Clock;
  readonly log: Log;
  readonly timers: SipTimers;
  readonly transport: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly admission: Admission;
  readonly resolver: Resolver;
  readonly dialogs: DialogTable;
}
