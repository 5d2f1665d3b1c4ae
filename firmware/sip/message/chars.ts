import { CrosspointError } from '../../base/errors.ts';

/** RFC 3261 §25.1 `token`: header names, methods, parameter names. */
const TOKEN_CHARS = "!%'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_`abcdefghijklmnopqrstuvwxyz~";

const IS_TOKEN_CHAR = new Uint8Array(128);
for (const char of TOKEN_CHARS) IS_TOKEN_CHAR[char.charCodeAt(0)] = 1;

export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (IS_TOKEN_CHAR[text.charCodeAt(i)] !== 1) return false;
  return text.length > 0;
}

/** CR and LF would start a header of their own, and no other control character but the tab has a use in one. */
export function hasControls(text: string): boolean {
  return /[\u0000-\u0008\u000a-\u001f\u007f]/.test(text);
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

/** From `start` on, without the blanks around it. `trim` would take away what Unicode calls a space, which SIP does not. */
export function trimBlanks(text: string, start: number): string {
  let from = start;
  let end = text.length;
  while (from < end && isBlank(text.charCodeAt(from))) from++;
  while (end > from && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(from, end);
}

const LINE_BREAKERS = /[\r\n\0]/;

/**
 * What goes out must not be able to start a line of its own (header injection) nor to end early at a C string's NUL;
 * a NUL that a peer quoted goes back to it as it came.
 * @throws CrosspointError sip.line-break
 */
export function refuseLineBreaks(text: string, what: string): void {
  if (!LINE_BREAKERS.test(text) || (!/[\r\n]/.test(text) && nulsAreQuoted(text))) return;
  throw new CrosspointError('sip.line-break', `${what} must not contain CR, LF or NUL`);
}

/** Whether each NUL is a quoted-pair in a quoted string, the one place for it (RFC 3261 §25.1, RFC 4475 §3.1.1.2). */
export function nulsAreQuoted(text: string): boolean {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '\0') return false;
    if (char === '"') quoted = !quoted;
    else if (char === '\\' && quoted) i++;
  }
  return true;
}
