import { E164_DIGITS, type ReadNumber } from '../number-format.ts';

/** A number as vendors write it: E.164 without "+"; what is no such number as it was dialled. */
export function msisdnOf({ e164, text }: ReadNumber): string {
  return withoutPlus(e164 ?? text);
}

export function withoutPlus(number: string): string {
  return number.replace(/^\+/, '');
}

const SEPARATORS = /[\s().-]/g;

/**
 * Reads a number of a vendor's API: "442071234567", "+44 20 7123 4567", "00442071234567". Short ones, and those with the
 * national prefix, stay what they are: the trunk knows what they mean.
 * @returns with its "+" where it is E.164; null when it is no number at all
 */
export function dialledNumber(number: string): string | null {
  const bare = number.replace(SEPARATORS, '').replace(/^00(?=[1-9])/, '+');
  if (!/^\+?[0-9*#]{1,32}$/.test(bare)) return null;
  return E164_DIGITS.test(bare) ? `+${bare}` : bare;
}
