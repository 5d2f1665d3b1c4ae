import { parseDigits } from '../message/chars.ts';
import { SipParseError } from '../message/errors.ts';
import { formatParams, type Params, parseParams } from '../message/params.ts';

/** RFC 6665 §8.2.3. */
export type SubscriptionState =
  | { readonly state: 'active' | 'pending'; readonly expiresS: number | null }
  | { readonly state: 'terminated'; readonly reason: string | null };

/**
 * A state that is not known counts as active: it is not the end.
 * @throws SipParseError
 */
export function parseSubscriptionState(value: string): SubscriptionState {
  const semicolon = value.indexOf(';');
  const state = (semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase();
  const params: Params = semicolon < 0 ? new Map() : parseParams(value, semicolon);
  if (state === 'terminated') return { state, reason: params.get('reason')?.toLowerCase() ?? null };
  if (state === '') throw new SipParseError('a Subscription-State is empty');
  const expiresS = parseDigits(params.get('expires') ?? '');
  return { state: state === 'pending' ? state : 'active', expiresS: Number.isNaN(expiresS) ? null : expiresS };
}

export function formatSubscriptionState(subscription: SubscriptionState): string {
  const params: Params = new Map();
  if (subscription.state === 'terminated') {
    if (subscription.reason !== null) params.set('reason', subscription.reason);
  } else if (subscription.expiresS !== null) params.set('expires', String(subscription.expiresS));
  return `${subscription.state}${formatParams(params)}`;
}
