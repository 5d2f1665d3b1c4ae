import { type CallId, newId } from '../base/ids.ts';
import type { IncomingInvite } from '../sip/user-agent/incoming-invite.ts';
import type { IncomingTerms } from './answer-call.ts';
import { Call } from './call.ts';
import { type CallContext, forgetCall } from './call-context.ts';
import type { CallRef } from './events.ts';
import { notStored } from './reasons.ts';
import type { SipSide } from './sip-side.ts';

/**
 * The call of an INVITE whose leg is open: in the book, its beginning on its way to the store; it ends where that fails.
 * @param invitedAt monotonic milliseconds
 */
export function incomingCall(
  context: CallContext,
  invite: IncomingInvite,
  terms: IncomingTerms,
  whose: Pick<CallRef, 'project' | 'session' | 'connection'>,
  side: SipSide,
  invitedAt: number,
): Call {
  const { services, book } = context;
  const { from, to, trunk, maxDurationMs } = terms;
  const call = new Call(
    {
      ref: { id: newId<CallId>(), ...whose, createdAt: services.clock.now() },
      direction: 'inbound',
      from,
      to,
      contact: invite.contact,
      ...(trunk !== undefined && { trunk }),
      ...(maxDurationMs !== undefined && { maxDurationMs }),
    },
    [side],
    services,
    async (ended, by) => {
      terms.release();
      await forgetCall(context, ended, by);
    },
  );
  call.mark('invited', invitedAt);
  call.speaksIn(invite.callId);
  call.received(invite.request.headers);
  book.add(call);
  call.created().catch(() => void call.end('box', notStored));
  return call;
}
