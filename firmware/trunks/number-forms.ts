import type { ReadNumber } from './number-format.ts';

/**
 * Every way in which the next switch may read a dialled number: what is denied stays denied however it is written. Some
 * skip whatever stands between digits, some put up with zeros about the "+" ("+0044…", "00+44…", "++44…").
 */
export function formsOf({ e164, text }: ReadNumber): string[] {
  const digits = text.replace(/[^0-9+*#]/g, '');
  const forms = [e164 ?? text, text, digits];
  if (/^0*\+/.test(digits)) forms.push(digits.replace(/^[+0]+/, '+'));
  return forms;
}
