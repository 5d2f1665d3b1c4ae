import type { Headers } from './headers.ts';
import { parseTypedValue, splitMultipart } from './multipart.ts';

/** What a message says about the session. */
export type SessionBody =
  /** The session description; empty when the message has none. */
  | { kind: 'description'; body: Buffer }
  /** A body that has to be understood and is not (RFC 3261 §8.2.3). */
  | { kind: 'foreign'; type: string }
  /** A compressed or encrypted one. */
  | { kind: 'encoded' };

const NONE: Buffer = Buffer.alloc(0);
const SDP = 'application/sdp';
/** A multipart in a multipart is seen, a third level is not. */
const MAX_DEPTH = 2;

/**
 * The session description in a body: the body itself, or the SDP part of a multipart (RFC 5621), as carriers send it
 * beside ISUP (SIP-I), a location or an identity. What is marked `handling=optional` may be anything.
 *
 * A part that does not say `handling` is optional here, although RFC 5621 §6 makes it required: the location and
 * billing parts of carriers come without it, and a call that could be answered would be lost.
 * @throws SipParseError when Content-Type, Content-Disposition or a multipart cannot be read
 */
export function sessionBody(headers: Headers, body: Buffer): SessionBody {
  if (body.length === 0) return { kind: 'description', body };
  const encoded = headers.getAll('Content-Encoding').some(each => each.toLowerCase() !== 'identity');
  if (encoded) return isOptional(headers) ? { kind: 'description', body: NONE } : { kind: 'encoded' };
  return read(headers, body, 0);
}

function read(headers: Headers, body: Buffer, depth: number): SessionBody {
  // The usual spelling, without a parser.
  const text = headers.get('Content-Type') ?? '';
  if (text === SDP) return { kind: 'description', body };
  const contentType = parseTypedValue(text);
  if (contentType.type === SDP) return { kind: 'description', body };
  if (contentType.type.startsWith('multipart/') && depth < MAX_DEPTH) {
    return readParts(splitMultipart(contentType, body), depth);
  }
  const optional = isOptional(headers) || (depth > 0 && !isRequired(headers));
  return optional ? { kind: 'description', body: NONE } : { kind: 'foreign', type: contentType.type };
}

function readParts(parts: readonly { headers: Headers; body: Buffer }[], depth: number): SessionBody {
  let found: Buffer = NONE;
  for (const part of parts) {
    const each = read(part.headers, part.body, depth + 1);
    if (each.kind !== 'description') return each;
    if (found.length === 0) found = each.body;
  }
  return { kind: 'description', body: found };
}

function isOptional(headers: Headers): boolean {
  return handling(headers) === 'optional';
}

function isRequired(headers: Headers): boolean {
  return handling(headers) === 'required';
}

function handling(headers: Headers): string | null {
  const disposition = headers.get('Content-Disposition');
  return disposition === undefined
    ? null
    : (parseTypedValue(disposition).params.get('handling')?.toLowerCase() ?? null);
}
