import { messageOf } from '../../base/errors.ts';
import { unacknowledged } from '../../calls/reasons.ts';
import type { IncomingInvite } from '../../sip/user-agent/incoming-invite.ts';
import type { Admitted, TrunkPort } from '../trunk-port.ts';
import { answerAcross, asActive, offerAcross } from './across.ts';
import { acrossTerms } from './across-terms.ts';
import type { Bridge } from './bridge.ts';
import type { BridgeContext } from './bridge-context.ts';
import { BridgeSide } from './bridge-side.ts';
import { newLeg } from './new-leg.ts';
import { statusOfError } from './status-of-error.ts';

export interface NotTaken {
  readonly status: number;
  readonly why: string;
}

/**
 * An INVITE with Replaces (RFC 3891 §4): answered at once, it takes the place of the call that it names, which is ended
 * by BYE.
 *
 * @param admitted released when the call ends
 * @returns why not; null when it was answered, or cancelled
 */
export async function takePlace(
  context: BridgeContext,
  invite: IncomingInvite,
  trunk: TrunkPort,
  admitted: Admitted,
): Promise<NotTaken | null> {
  const replaced = invite.replaces && context.sides.of(invite.replaces);
  if (trunk.config.replaces !== 'accept') return { status: 403, why: 'This trunk may not replace calls' };
  if (!replaced) return { status: 501, why: 'Only forwarded calls that were answered can be replaced' };
  const { bridge, side: leaves } = replaced;
  if (leaves.trunk?.name !== trunk.name) return { status: 403, why: 'That call is of another trunk' };
  const { leg, owner } = await newLeg(context, bridge.call.ref.id);
  const comes = new BridgeSide(leg, leaves.place, trunk, acrossTerms(trunk));
  Object.assign(owner, { bridge, side: comes });
  if (!bridge.answered || !bridge.has(leaves)) {
    void leg.close();
    return { status: 481, why: 'That call has just ended' };
  }
  try {
    const body = describe(bridge, invite, comes, leaves);
    if (!accept(bridge, invite, comes, body)) {
      void leg.close();
      admitted.release();
      return null;
    }
  } catch (error) {
    void leg.close();
    return { status: statusOfError(error), why: messageOf(error) };
  }
  bridge.admit(admitted);
  const { dialog } = leaves;
  const stays = bridge.otherOf(leaves);
  bridge.exchange(leaves, comes);
  if (dialog) {
    dialog.listener = { ended: () => {} };
    void dialog.bye(leaves.farewellFor({ code: '700', message: 'Call Replaced' }));
  }
  void bridge.changes.follow(comes, stays);
  return null;
}

/** @throws CrosspointError sdp.… */
function describe(bridge: Bridge, invite: IncomingInvite, comes: BridgeSide, leaves: BridgeSide): Buffer {
  const stays = bridge.otherOf(leaves);
  if (invite.offerless) return offerAcross(comes, stays, asActive(stays.remote ?? ''));
  const offer = invite.request.body.toString('utf8');
  const { answer, agreed } = answerAcross(comes, stays, offer, true);
  return comes.gaveAnswer(offer, answer, agreed);
}

/** False when the caller has taken it back. */
function accept(bridge: Bridge, invite: IncomingInvite, comes: BridgeSide, body: Buffer): boolean {
  invite.listener = {
    confirmed: () => {},
    cancelled: () => {},
    ackTimeout: () => {
      if (bridge.has(comes)) bridge.fail(unacknowledged);
    },
    answered: answer => {
      try {
        comes.takeAnswer(answer);
        void bridge.changes.follow(comes, bridge.otherOf(comes));
      } catch (error) {
        bridge.call.log.warn({ call: bridge.call.ref.id, problem: messageOf(error) }, 'an answer is of no use');
        bridge.fail();
      }
    },
  };
  const dialog = invite.accept(body);
  if (!dialog) return false;
  bridge.owns(comes, dialog);
  bridge.call.speaksIn(invite.callId);
  return true;
}
