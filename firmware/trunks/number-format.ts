import type { SipUri } from '../sip/message/uri.ts';

/** Shown where no number is known (CONTRACT §1.4). */
export const UNKNOWN_NUMBER = '+00000000';

export interface NumberRules {
  /** Country code of numbers that come without one: "44". */
  readonly country?: string | undefined;
  /** Written before a national number: "0", in North America "1", in some countries nothing. */
  readonly trunkPrefix: string;
  /** Written before a country code: "00", "011". */
  readonly international: string;
}

export type NumberStyle = 'e164' | 'plain' | 'national' | 'international';

/** A number, or whatever else stood in its place. */
export interface ReadNumber {
  /** "+442071234567"; null of an extension, a short or special number, a name. */
  readonly e164: string | null;
  /** As it was written, without visual separators and parameters. */
  readonly text: string;
}

/** RFC 3966 §5.1.1, and blanks. */
const SEPARATORS = /[\s().-]/g;
export const MAX_USER_LENGTH = 128;
/** ITU-T E.164 §6.2: at most 15 digits, and no country code begins with 0. */
const E164 = /^\+[1-9][0-9]{1,14}$/;
/** The same without its "+", long enough to be no local one. */
export const E164_DIGITS = /^[1-9][0-9]{7,14}$/;
/** Shorter ones without any prefix are local: nobody knows of which area. */
const MIN_WITHOUT_PREFIX = 8;
/** Of a national number where no prefix tells it from a short one (112, 1616, 118500). */
const MIN_NATIONAL = 7;

/**
 * Reads the user part of a SIP URI, or the number of a tel URI: with "+", with the international or the national
 * prefix, or plain; with or without the separators of RFC 3966 §5.1.1.
 */
export function readNumber(user: string, rules: NumberRules): ReadNumber {
  // RFC 3261 §19.1.6: a telephone-subscriber may carry its parameters inside the user part.
  const [, subscriber = '', params = ''] = /^([^;]*)(.*)$/s.exec(user.slice(0, MAX_USER_LENGTH)) ?? [];
  return readSubscriber(subscriber, /;phone-context=([^;]*)/i.exec(params)?.[1], rules);
}

/** The number that a URI calls or names; the text is empty when it has no user part. */
export function numberOf({ scheme, user, params }: SipUri, rules: NumberRules): ReadNumber {
  if (user === null) return { e164: null, text: '' };
  if (scheme !== 'tel') return readNumber(user, rules);
  return readSubscriber(user.slice(0, MAX_USER_LENGTH), params.get('phone-context') ?? undefined, rules);
}

/** @param context where a number without "+" is one (RFC 3966 §5.1.5): a "+" and digits, or a domain */
function readSubscriber(subscriber: string, context: string | undefined, rules: NumberRules): ReadNumber {
  const bare = subscriber.replace(SEPARATORS, '');
  if (!/^\+?[0-9]+$/.test(bare)) return { e164: null, text: subscriber };
  const e164 = bare.startsWith('+')
    ? withoutZero(bare, rules)
    : (belowContext(bare, context) ?? internationalOf(bare, rules));
  return { e164: e164 !== null && E164.test(e164) ? e164 : null, text: bare };
}

/** Short numbers stay what they are: 112 in Britain is no number of +44. */
function belowContext(digits: string, context = ''): string | null {
  const global = context.replace(SEPARATORS, '');
  return /^\+[0-9]{1,15}$/.test(global) && digits.length >= MIN_NATIONAL ? `${global}${digits}` : null;
}

/** "+44 (0)20 …", as people write it: where 0 is dialled before national numbers, none of them begins with it. */
function withoutZero(number: string, { country, trunkPrefix }: NumberRules): string {
  const doubled = `+${country}0`;
  return country !== undefined && trunkPrefix === '0' && number.startsWith(doubled)
    ? `+${country}${number.slice(doubled.length)}`
    : number;
}

function internationalOf(digits: string, { country, trunkPrefix, international }: NumberRules): string | null {
  if (digits.startsWith(international) && /^[1-9]/.test(digits.slice(international.length)))
    return `+${digits.slice(international.length)}`;
  if (country !== undefined) {
    // A North American number has ten digits, with or without the 1 before it (NANP).
    if (country === '1' && digits.length === 10) return `+1${digits}`;
    const rest = digits.slice(trunkPrefix.length);
    if (digits.startsWith(trunkPrefix) && rest.length >= MIN_NATIONAL && !isPlain(digits, country, trunkPrefix))
      return `+${country}${rest}`;
  }
  return digits.length >= MIN_WITHOUT_PREFIX ? `+${digits}` : null;
}

/** Where nothing is written before national numbers, one that begins with the country code is taken to have it. */
function isPlain(digits: string, country: string, trunkPrefix: string): boolean {
  return trunkPrefix === '' && digits.startsWith(country) && digits.length >= country.length + MIN_WITHOUT_PREFIX;
}

/** A number as the other side wants it. What is not E.164 goes as it was dialled. */
export function writeNumber({ e164, text }: ReadNumber, style: NumberStyle, rules: NumberRules): string {
  if (e164 === null) return text;
  const digits = e164.slice(1);
  switch (style) {
    case 'e164':
      return e164;
    case 'plain':
      return digits;
    case 'international':
      return `${rules.international}${digits}`;
    case 'national':
      return rules.country !== undefined && digits.startsWith(rules.country)
        ? `${rules.trunkPrefix}${digits.slice(rules.country.length)}`
        : `${rules.international}${digits}`;
  }
}
