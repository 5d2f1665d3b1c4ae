import type { MediaLeg } from '../media/media.ts';

/** The signalling of one side at its present stage: an INVITE under way, then a dialog. */
export interface Signalling {
  /** Ends it in the way that its stage asks for: CANCEL, a final response, or BYE. Harmless when it has ended. */
  hangUp(): void;
}

/** One SIP side of a call: how it is signalled and where its media is. A call has one side, a bridge two. */
export interface SipSide {
  readonly leg: MediaLeg;
  signalling: Signalling;
}
