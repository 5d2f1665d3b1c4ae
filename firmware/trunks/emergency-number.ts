import type { PolicyConfig } from '../config/policy-schema.ts';
import type { ReadNumber } from './number-format.ts';
import { formsOf } from './number-forms.ts';

type EmergencyRule = PolicyConfig['emergency'];

/** Whether the rule names that number: as it is dialled, or below a country code. */
export function isEmergency(rule: EmergencyRule, number: ReadNumber | null): boolean {
  if (!rule || number === null) return false;
  const { e164, text } = number;
  return rule.numbers.some(short => text === short || (e164 !== null && isShortAbroad(e164, short)));
}

/**
 * Whether a switch may take it for such a number all the same: with signs between the digits ("1,1,2"), or more after
 * the number, behind an end of dialling or a pause ("112#", "112,5"). Enough to refuse a call, never to allow one.
 */
export function isDisguised(rule: EmergencyRule, number: ReadNumber | null): boolean {
  if (!rule || number === null) return false;
  const written = [number.text, number.text.replace(/[#*,pPwW].*$/s, '')];
  return written.some(text => {
    const forms = formsOf({ e164: null, text });
    return rule.numbers.some(short => forms.some(form => form === short || isShortAbroad(form, short)));
  });
}

/** "+44112", "+1911", "00112": some networks connect them, and no subscriber has so short a number. */
function isShortAbroad(e164: string, short: string): boolean {
  const countryCode = e164.length - 1 - short.length;
  return e164.startsWith('+') && short.length <= 4 && countryCode >= 0 && countryCode <= 3 && e164.endsWith(short);
}
