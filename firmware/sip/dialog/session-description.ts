import { SipParseError } from '../message/errors.ts';
import type { SipMessage } from '../message/message.ts';
import { sessionBody } from '../message/session-body.ts';

const NONE = Buffer.alloc(0);

/** The session description of a message, alone or in a multipart; empty when it has none that can be read. */
export function descriptionIn({ headers, body }: SipMessage): Buffer {
  try {
    const found = sessionBody(headers, body);
    return found.kind === 'description' ? found.body : NONE;
  } catch (error) {
    if (error instanceof SipParseError) return NONE;
    throw error;
  }
}
