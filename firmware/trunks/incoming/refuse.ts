import type { IncomingInvite } from '../../sip/user-agent/incoming-invite.ts';
import type { Refusal, RefusalCause } from './refusals.ts';

/** Refuses a call with the true reason, and keeps that. */
export type Refuse = (
  invite: IncomingInvite,
  cause: RefusalCause,
  status: number,
  why: string,
  more?: Omit<Refusal, 'cause' | 'status' | 'why'>,
) => void;
