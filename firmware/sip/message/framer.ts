import { SipParseError } from './errors.ts';

export type Frame =
  | { kind: 'message'; bytes: Buffer }
  /** CRLFCRLF between messages: the far end wants a CRLF back (RFC 5626 §4.4.1). */
  | { kind: 'ping' };

/** Cuts a byte stream into messages (RFC 3261 §18.3). One per connection. */
export class StreamFramer {
  /** @throws SipParseError when the stream cannot be cut any more: close the connection. */
  push(_chunk: Buffer): Frame[] {
    throw new SipParseError('not written yet');
  }
}
