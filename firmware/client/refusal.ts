import { OTError } from './ot-error.ts';

/** What the box is asked for on the event channel. */
export type Tried = 'signal' | 'setStream' | 'forceMute' | 'forceDisconnect' | 'forceUnpublish' | 'phone' | 'ping';

/** OpenTok's numbers of what the role of a token does not let one do. */
const deniedCodes: Partial<Record<Tried, number>> = {
  signal: 403,
  forceDisconnect: 1520,
  forceUnpublish: 1530,
  forceMute: 1540,
};

/** What the box refused, with the names and numbers that OpenTok documents for it. The box's own code is in the message. */
export function refusalOf(tried: Tried, { code, message }: { code: string; message: string }): OTError {
  const text = `${message} (${code})`;
  if (/\.may-not-/.test(code)) return new OTError('OT_PERMISSION_DENIED', text, codeOf(deniedCodes[tried]));
  if (tried === 'phone') return new OTError('OT_UNABLE_TO_CONTROL_PHONE', text);
  const isUnknown = /-(unknown|of-phone)$/.test(code);
  if (tried === 'signal' && isUnknown) return new OTError('OT_NOT_FOUND', text);
  if (tried === 'forceUnpublish' && isUnknown) return new OTError('OT_INVALID_PARAMETER', text, { code: 1535 });
  if (isUnknown || code === 'session.bad-request') return new OTError('OT_INVALID_PARAMETER', text);
  return new OTError('OT_UNEXPECTED_SERVER_RESPONSE', text);
}

/** There is no session to ask. */
export function notConnected(tried: Tried): OTError {
  return new OTError('OT_NOT_CONNECTED', 'The session is not connected', codeOf(tried === 'signal' ? 500 : undefined));
}

function codeOf(code: number | undefined): { readonly code?: number } {
  return code === undefined ? {} : { code };
}
