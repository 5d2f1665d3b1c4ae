import { CrosspointError } from '../../base/errors.ts';

/** RFC 3261 §25.1 `token`: header names, methods, parameter names. */
const TOKEN_CHARS = "!%'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_`abcdefghijklmnopqrstuvwxyz~";

const IS_TOKEN_CHAR = new Uint8Array(128);
for (const char of TOKEN_CHARS) IS_TOKEN_CHAR[char.charCodeAt(0)] = 1;

export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (IS_TOKEN_CHAR[text.charCodeAt(i)] !== 1) return false;
  return text.length > 0;
}

/** The digits only, so that neither "1e3" nor "0x10" nor "" passes; NaN when it is something else. */
export function parseDigits(text: string): number {
  if (text.length === 0 || text.length > 15) return Number.NaN;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Space or tab: LWS once folding is undone. */
export function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

const LINE_BREAKERS = /[\r\n\0]/;

/**
 * What goes out must not be able to start a line of its own (header injection) nor to end early at a C string's NUL.
 * @throws CrosspointError sip.line-break
 */
export function refuseLineBreaks(text: string, what: string): void {
  if (LINE_BREAKERS.test(text)) throw new CrosspointError('sip.line-break', `${what} must not contain CR, LF or NUL`);
}
