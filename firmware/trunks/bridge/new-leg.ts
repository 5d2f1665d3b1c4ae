import { lostLeg } from '../../calls/reasons.ts';
import type { LegListener, MediaLeg } from '../../media/media.ts';
import type { Bridge } from './bridge.ts';
import type { BridgeContext } from './bridge-context.ts';
import type { BridgeSide } from './bridge-side.ts';

/** Who a leg belongs to; it is opened before either is there. */
export interface LegOwner {
  bridge: Bridge | null;
  side: BridgeSide | null;
}

/** Opens a leg on the worker of its bridge. @throws CrosspointError media.… */
export async function newLeg(
  { calls: { media } }: BridgeContext,
  placement: string,
): Promise<{ leg: MediaLeg; owner: LegOwner }> {
  const owner: LegOwner = { bridge: null, side: null };
  const listener: LegListener = {
    digit: digit => {
      if (owner.side) owner.bridge?.digits.heard(owner.side, digit);
    },
    rtpStarted: () => owner.bridge?.call.mark('heard'),
    lost: loss => {
      if (owner.side && owner.bridge?.has(owner.side)) owner.bridge.fail(lostLeg(loss));
    },
  };
  return { leg: await media.openLeg(placement, listener), owner };
}
