import type { CallContext } from '../../calls/call-context.ts';
import type { CallingPolicyPort, TrunksPort } from '../trunk-port.ts';
import type { SideBook } from './side-book.ts';
import type { Onwards } from './transfer-target.ts';

/** What bridges share. */
export interface BridgeContext {
  readonly calls: CallContext;
  readonly trunks: TrunksPort;
  readonly policy: CallingPolicyPort;
  /** Host part of our addresses towards peers that are no trunk. */
  readonly domain: string;
  /** Where the numbers lead to that transfers name. */
  readonly onwards: Onwards;
  /** Which side has which dialog. */
  readonly sides: SideBook;
}
