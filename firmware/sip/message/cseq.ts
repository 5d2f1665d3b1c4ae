import { isToken, parseDigits } from './chars.ts';
import { SipParseError } from './errors.ts';

export interface CSeq {
  /** Below 2³¹ (RFC 3261 §8.1.1.5). */
  number: number;
  method: string;
}

/** @throws SipParseError */
export function parseCSeq(value: string): CSeq {
  let digits = 0;
  while (digits < value.length && value.charCodeAt(digits) > 32) digits++;
  const number = parseDigits(value.slice(0, digits));
  const method = value.slice(digits).trim();
  if (!(number < 2 ** 31)) throw new SipParseError('the CSeq number is not below 2^31');
  if (!isToken(method)) throw new SipParseError('the CSeq has no method');
  return { number, method };
}

export function formatCSeq(number: number, method: string): string {
  return `${number} ${method}`;
}
