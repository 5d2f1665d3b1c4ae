import { SipParseError } from '../message/errors.ts';
import { phraseOf } from '../message/status-phrases.ts';

/** RFC 3420. */
export const SIPFRAG = 'message/sipfrag;version=2.0';

/** How far the call has come that a REFER asked for. */
export interface ReferStatus {
  /** 100–699. */
  readonly status: number;
  readonly reason: string;
}

/** Some peers send the whole response; its first line is all that counts. */
const MAX_BYTES = 16_384;
const STATUS_LINE = /^SIP\/2\.0[ \t]+([1-6]\d\d)(?:[ \t]+([^\r\n]*))?(?:[\r\n]|$)/i;

/**
 * The status line at the start of a message/sipfrag.
 * @throws SipParseError when there is none
 */
export function parseSipfrag(body: Buffer): ReferStatus {
  if (body.length > MAX_BYTES) throw new SipParseError('a message/sipfrag is too long', 413);
  const line = STATUS_LINE.exec(body.toString('utf8'));
  if (!line) throw new SipParseError('a message/sipfrag does not begin with a status line');
  const status = Number(line[1]);
  return { status, reason: line[2]?.trim() || phraseOf(status) };
}

/** Line breaks in the reason, which another peer may have written, become blanks. */
export function formatSipfrag({ status, reason }: ReferStatus): Buffer {
  return Buffer.from(`SIP/2.0 ${status} ${(reason || phraseOf(status)).replace(/[\r\n\0]+/g, ' ')}\r\n`);
}

/** Whether a Content-Type says message/sipfrag. */
export function isSipfrag(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'message/sipfrag';
}
