import { SipParseError } from '../../sip/message/errors.ts';
import { parseUri } from '../../sip/message/uri.ts';
import { type NumberRules, numberOf, type ReadNumber } from '../number-format.ts';

export type CalledNumber =
  | { readonly kind: 'number'; readonly number: ReadNumber }
  /** The status is the answer: 404 for no number at all, else what the URI is refused with. */
  | { readonly kind: 'none'; readonly status: number };

/** Shortest number with a country code that somebody may have; below it digits are missing (ITU-T E.164). */
const MIN_E164 = 8;

/** The number that a Request-URI calls: its user part, `user=phone` or not, or that of a tel: URI. */
export function calledNumber(requestUri: string, rules: NumberRules): CalledNumber {
  try {
    const number = numberOf(parseUri(requestUri), rules);
    return number.text === '' ? { kind: 'none', status: 404 } : { kind: 'number', number };
  } catch (error) {
    if (error instanceof SipParseError) return { kind: 'none', status: error.status };
    throw error;
  }
}

/** Why a number leads nowhere: digits are missing (484, RFC 3261 §21.4.22), or there is no such number. */
export function statusOfUnknown({ text }: ReadNumber): 404 | 484 {
  return /^\+[0-9]*$/.test(text) && text.length < MIN_E164 ? 484 : 404;
}
