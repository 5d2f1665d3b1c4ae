import { messageOf } from '../../base/errors.ts';
import { endReasons } from '../../calls/reasons.ts';
import { asActive, offerAcross } from './across.ts';
import type { Bridge } from './bridge.ts';
import { BridgeSide } from './bridge-side.ts';
import { newLeg } from './new-leg.ts';
import type { SideOfBridge } from './side-book.ts';
import { statusOfError } from './status-of-error.ts';

/**
 * Attended transfer between two calls of one peer (RFC 5589 §7): the one who stays in this call gets the other side of
 * the held one, in whose place nobody remains: the held call ends, its far end goes on here.
 *
 * @param leaves the side in this call that asked
 * @param held the same peer's side in the other call
 * @returns 200, or the status that says why it could not be; both calls go on then
 */
export async function joinHeld(bridge: Bridge, leaves: BridgeSide, held: SideOfBridge): Promise<number> {
  const moves = held.bridge.otherOf(held.side);
  const stays = bridge.otherOf(leaves);
  if (!moves.dialog || stays.remote === null || !held.bridge.answered) return 481;
  try {
    const { leg, owner } = await newLeg(bridge.context, bridge.call.ref.id);
    // On the worker of this call, under the dialog and the o= line of the other one.
    const comes = BridgeSide.movedTo(leg, leaves.place, moves);
    Object.assign(owner, { bridge, side: comes });
    const outcome = await moves.dialog.change(offerAcross(comes, stays, asActive(stays.remote), undefined, true));
    if (outcome.kind === 'refused') {
      comes.negotiation.refused();
      comes.negotiation.moveTo(moves.leg.local);
      void leg.close();
      return outcome.status ?? 408;
    }
    comes.takeAnswer(outcome.body);
    take(bridge, leaves, comes, held, moves);
    return 200;
  } catch (error) {
    const { log, ref } = bridge.call;
    log.warn({ call: ref.id, problem: messageOf(error) }, 'two calls could not be joined');
    return statusOfError(error);
  }
}

function take(bridge: Bridge, leaves: BridgeSide, comes: BridgeSide, held: SideOfBridge, moves: BridgeSide): void {
  const { dialog } = moves;
  if (!dialog) return;
  const stays = bridge.otherOf(leaves);
  held.bridge.handOver(moves, bridge);
  bridge.exchange(leaves, comes);
  bridge.owns(comes, dialog);
  void held.bridge.call.end('far-end', endReasons.normalClearing);
  void bridge.changes.follow(comes, stays);
}
