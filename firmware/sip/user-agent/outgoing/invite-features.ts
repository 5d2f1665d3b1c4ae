import { afterTooSmall, type SessionTimerSettings } from '../../dialog/session-timer.ts';
import { SUPPORTED } from '../../message/capabilities.ts';
import type { SipResponse } from '../../message/message.ts';
import type { InviteOptions } from '../invite-listener.ts';

/** What an INVITE says about extensions; it changes when a far end refuses some of it. */
export interface InviteFeatures {
  readonly supported: readonly string[];
  readonly required: readonly string[];
  readonly sessionTimer: SessionTimerSettings | null;
}

/** 199 is for those who call: it says that early dialogs may be ended one by one (RFC 6228). */
const CALLER_EXTENSIONS = [...SUPPORTED[1].split(', '), '199'];
/** RFC 4028 §7.4, of a call that asked for no timer and met one that a proxy put in. */
const NOT_ASKED: SessionTimerSettings = { intervalS: 0, minS: 0 };

/** `answersOffers`: whether somebody can answer an offer that comes in a reliable provisional response. */
export function featuresOf(options: InviteOptions, answersOffers: boolean): InviteFeatures {
  const { reliable = 'supported', sessionTimer = null, body } = options;
  // RFC 3262 §5: an offerless INVITE makes the far end's reliable response an offer, whose answer the PRACK must carry.
  const usable = reliable !== 'off' && (body.length > 0 || answersOffers);
  return {
    supported: CALLER_EXTENSIONS.filter(tag => tag !== '100rel' || usable),
    required: reliable === 'required' && usable ? ['100rel'] : [],
    sessionTimer,
  };
}

/**
 * What to say instead after a refusal: a longer interval after 422 (RFC 4028 §7.4), less after a 420 that refuses what
 * was never required (broken, and seen). Null when saying it again would change nothing.
 */
export function afterRefusal(features: InviteFeatures, response: SipResponse): InviteFeatures | null {
  if (response.status === 422) return withLongerInterval(features, response);
  if (response.status === 420) return withoutUnsupported(features, response);
  return null;
}

function withLongerInterval(features: InviteFeatures, response: SipResponse): InviteFeatures | null {
  const sessionTimer = afterTooSmall(features.sessionTimer ?? NOT_ASKED, response.headers);
  return sessionTimer && { ...features, sessionTimer };
}

function withoutUnsupported(features: InviteFeatures, response: SipResponse): InviteFeatures | null {
  const refused = new Set(response.headers.getAll('Unsupported').map(tag => tag.toLowerCase()));
  const { required } = features;
  if (required.some(tag => refused.size === 0 || refused.has(tag))) return null;
  // One that does not say what it dislikes gets none of it.
  const supported = features.supported.filter(tag => refused.size > 0 && !refused.has(tag));
  if (supported.length === features.supported.length) return null;
  const sessionTimer = supported.includes('timer') ? features.sessionTimer : null;
  return { supported, required, sessionTimer };
}
