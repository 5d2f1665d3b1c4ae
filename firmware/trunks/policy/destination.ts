import type { SipUri } from '../../sip/message/uri.ts';
import type { CallDestination } from '../calling-policy.ts';
import { type NumberRules, numberOf, type ReadNumber } from '../number-format.ts';

/** Of calls that no trunk takes: numbers as most of the world writes them. */
export const PLAIN_RULES: NumberRules = { trunkPrefix: '0', international: '00' };

/** A user part that a switch may take for a number, whatever else stands in it: policies of numbers are for it. */
const NUMBER_LIKE = /^[^A-Za-z0-9]*[0-9*#]/;

/**
 * What the calling policy needs to know of a dialled address.
 * @param isTrunk a trunk takes the call: its host is the operator's choice
 */
export function destinationOf(uri: SipUri, rules: NumberRules, isTrunk: boolean): CallDestination {
  const number = numberOf(uri, rules);
  return {
    number: isNumberLike(number) ? number : null,
    domain: isTrunk || uri.scheme === 'tel' ? null : uri.host,
  };
}

export function isNumberLike({ text }: ReadNumber): boolean {
  return NUMBER_LIKE.test(text);
}
