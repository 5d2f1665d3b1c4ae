import { CrosspointError } from '../base/errors.ts';
import type { DigitTiming, MediaLeg } from '../media/media.ts';
import type { Agreed } from '../sdp/agreed.ts';
import type { Negotiation } from './negotiation.ts';
import type { EndReason } from './reasons.ts';

/** The signalling of one side at its present stage: an INVITE under way, then a dialog. */
export interface Signalling {
  /** What was agreed on with the far end last; null before the first time. */
  readonly agreed: Agreed | null;
  /**
   * Ends it in the way that its stage asks for: CANCEL, a final response, or BYE, with the reason. Harmless when it has
   * ended.
   */
  hangUp(reason: EndReason): void;
  /** Tells the far end that it is on hold, or no more. @throws CrosspointError call.not-active, call.change-refused */
  hold(on: boolean): Promise<void>;
  /**
   * Sends the far end digits, in the way that its trunk wants; resolves when they are queued.
   * @throws CrosspointError call.not-active, call.too-many-digits, media.no-telephone-event, media.no-tones
   */
  sendDigits(digits: string, timing?: DigitTiming): Promise<void>;
}

/** One SIP side of a call: how it is signalled and where its media is. A call has one side, a bridge two. */
export interface SipSide {
  readonly leg: MediaLeg;
  signalling: Signalling;
  /** What was said to the far end of our media, and what came of it. */
  negotiation?: Pick<Negotiation, 'agreed' | 'media' | 'said'>;
}

async function notActive(): Promise<never> {
  throw new CrosspointError('call.not-active', 'The call has not been answered yet');
}

/** Of a side that is not answered yet. */
export function unanswered(hangUp: (reason: EndReason) => void): Signalling {
  return {
    agreed: null,
    hangUp,
    hold: notActive,
    sendDigits: notActive,
  };
}

/** Of a side that has ended, or not begun. */
export const SILENT: Signalling = unanswered(() => {});
