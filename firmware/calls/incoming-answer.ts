import type { Hears } from '../../pipelines/protocol/leg-media.ts';
import { CrosspointError } from '../base/errors.ts';
import type { LegConfig } from '../media/media.ts';
import type { IncomingInvite } from '../sip/user-agent/incoming-invite.ts';
import type { Negotiation } from './negotiation.ts';

/** What we say to an INVITE, and what the leg of its call starts with. */
export interface IncomingAnswer {
  readonly description: Buffer;
  readonly config: LegConfig;
}

/**
 * With the caller's offer all is known, without one its answer decides.
 * @throws CrosspointError sdp.… when the offer has nothing that we can do
 */
export function incomingAnswer(negotiation: Negotiation, invite: IncomingInvite, hears: Hears): IncomingAnswer {
  if (invite.offerless) return { description: negotiation.offer(), config: { hears: { kind: 'silence' } } };
  const outcome = negotiation.answer(invite.request.body);
  if (outcome.kind === 'held') throw new CrosspointError('sdp.no-audio', 'no audio is offered');
  const description = negotiation.answered(outcome.answer, outcome.agreed);
  return { description, config: { ...negotiation.legTerms(outcome.agreed), hears } };
}
