import { CrosspointError } from '../../base/errors.ts';
import { SipParseError } from './errors.ts';
import { Headers } from './headers.ts';
import { type Params, parseParams } from './params.ts';

export interface BodyPart {
  readonly headers: Headers;
  /** A view of the whole body. */
  readonly body: Buffer;
}

/** A media type or a disposition, with its parameters. */
export interface TypedValue {
  /** Lower case: "application/sdp", "session". */
  readonly type: string;
  readonly params: Params;
}

/** SIP-I has two parts, a call with location and identity four. */
const MAX_PARTS = 16;
const MAX_PART_HEADERS = 4096;
/** RFC 2046 §5.1.1. */
const MAX_BOUNDARY = 70;

/**
 * Reads Content-Type or Content-Disposition.
 * @throws SipParseError
 */
export function parseTypedValue(value: string): TypedValue {
  const semicolon = value.indexOf(';');
  const type = (semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase();
  return { type, params: semicolon < 0 ? new Map() : parseParams(value, semicolon) };
}

/**
 * The parts of a multipart body (RFC 2046 §5.1, RFC 5621). Preamble and epilogue are dropped, a missing last boundary is
 * forgiven. One look at every byte.
 * @throws SipParseError when there is no boundary, too many parts, or a part whose headers cannot be read
 */
export function splitMultipart(contentType: TypedValue, body: Buffer): BodyPart[] {
  const boundary = contentType.params.get('boundary') ?? '';
  if (boundary === '' || boundary.length > MAX_BOUNDARY) throw new SipParseError('a multipart body has no boundary');
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  const parts: BodyPart[] = [];
  let start = -1;
  for (let at = nextDelimiter(body, delimiter, 0); at >= 0; at = nextDelimiter(body, delimiter, at + 1)) {
    if (start >= 0) parts.push(readPart(body.subarray(start, lineBreakBefore(body, at))));
    if (parts.length > MAX_PARTS) throw new SipParseError(`a body has more than ${MAX_PARTS} parts`);
    const end = at + delimiter.length;
    if (body[end] === DASH && body[end + 1] === DASH) return parts;
    start = afterLine(body, end);
  }
  if (start >= 0) parts.push(readPart(body.subarray(start)));
  return parts;
}

const CR = 13;
const LF = 10;
const DASH = 45;

/** A delimiter stands at the beginning of a line. */
function nextDelimiter(body: Buffer, delimiter: Buffer, from: number): number {
  for (let at = body.indexOf(delimiter, from); at >= 0; at = body.indexOf(delimiter, at + 1)) {
    if (at === 0 || body[at - 1] === LF) return at;
  }
  return -1;
}

/** The line break in front of a delimiter is the delimiter's. */
function lineBreakBefore(body: Buffer, delimiter: number): number {
  return body[delimiter - 2] === CR ? delimiter - 2 : delimiter - 1;
}

function afterLine(body: Buffer, from: number): number {
  const lineEnd = body.indexOf(LF, from);
  return lineEnd < 0 ? body.length : lineEnd + 1;
}

function readPart(bytes: Buffer): BodyPart {
  const headers = new Headers();
  let at = 0;
  while (at < bytes.length) {
    const next = afterLine(bytes, at);
    const line = bytes.toString('latin1', at, next).trimEnd();
    at = next;
    if (line === '') break;
    if (at > MAX_PART_HEADERS) throw new SipParseError('the headers of a body part are too long');
    addField(headers, line);
  }
  return { headers, body: bytes.subarray(at) };
}

function addField(headers: Headers, line: string): void {
  const colon = line.indexOf(':');
  // A folded line adds parameters that nobody here asks for.
  if (line.startsWith(' ') || line.startsWith('\t')) return;
  if (colon <= 0) throw new SipParseError('a header field of a body part has no name');
  try {
    headers.add(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  } catch (error) {
    if (error instanceof CrosspointError) throw new SipParseError('a header field of a body part cannot be read');
    throw error;
  }
}
