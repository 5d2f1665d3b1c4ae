import type { ProjectId } from '../../base/ids.ts';
import type { SipUri } from '../../sip/message/uri.ts';
import { numberOf, type ReadNumber } from '../number-format.ts';
import type { TrunkPort } from '../trunk-port.ts';
import type { ForwardEntry } from './forward-list.ts';

/** Where a number of a trunk's peer leads to, by the number table. */
export interface Onward {
  readonly entries: readonly ForwardEntry[];
  readonly project: ProjectId;
}

/** Who knows the number table. */
export interface Onwards {
  /** Null for a number that leads nowhere else: not in the table, or to something that is no forward list. */
  find(called: ReadNumber, trunk: TrunkPort): Onward | null;
}

export interface TransferTarget extends Onward {
  readonly called: ReadNumber;
}

/** Whom a peer wants to be called in its stead; null when the number table does not lead there. */
export function transferTarget(uri: SipUri, trunk: TrunkPort, onwards: Onwards): TransferTarget | null {
  const called = numberOf(uri, trunk.config.numbers.in);
  if (called.text === '') return null;
  const onward = onwards.find(called, trunk);
  return onward && { ...onward, called };
}
