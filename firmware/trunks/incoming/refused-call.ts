import type { CallRef } from '../../calls/events.ts';
import type { CallFacts } from '../../records/call-record.ts';
import type { IncomingInvite } from '../../sip/user-agent/incoming-invite.ts';
import type { Refusal } from './refusals.ts';

/** What is known of a call that came in and was not taken. */
export function refusedCall(call: CallRef, { callId, from, calledUser }: IncomingInvite, refusal: Refusal): CallFacts {
  const { cause, why, trunk = null, to = calledUser, problem } = refusal;
  return {
    id: call.id,
    project: call.project,
    sessionId: null,
    connectionId: null,
    sipCallIds: [callId],
    direction: 'inbound',
    from: from.uri,
    to,
    trunks: { in: trunk, out: null },
    target: null,
    createdAt: call.createdAt,
    provisionalAt: null,
    ringingAt: null,
    activeAt: null,
    sides: [],
    digits: 0,
    tries: [],
    problem: problem ?? { code: `incoming.${cause}`, message: why, ours: null, theirs: null },
    said: null,
    contact: null,
    acknowledged: null,
  };
}
