import type { ProjectId } from '../../base/ids.ts';
import type { IncomingTerms } from '../../calls/answer-call.ts';
import type { IncomingInvite } from '../../sip/user-agent/incoming-invite.ts';

/** A number that the box answers itself, by a script of somebody above. */
export interface OwnNumber {
  /** Whose it is. */
  readonly project: ProjectId;
  /** Never rejects: what is impossible is told to the caller, through `terms.refuse`. */
  take(invite: IncomingInvite, terms: IncomingTerms): Promise<void>;
}

export interface OwnNumbers {
  /** @param msisdn E.164 without "+", or whatever else was dialled */
  find(msisdn: string): OwnNumber | null;
}

export const NO_NUMBERS: OwnNumbers = { find: () => null };
