import { isBlank, isToken, nulsAreQuoted, parseDigits, trimBlanks } from './chars.ts';
import { parseCSeq } from './cseq.ts';
import { SipParseError } from './errors.ts';
import { headerName } from './header-names.ts';
import { Headers } from './headers.ts';
import { endOfElement } from './list-values.ts';
import type { SipMessage } from './message.ts';

export const MAX_MESSAGE_BYTES = 65_536;
const MAX_HEADERS = 256;
/** Characters of one header field, folded lines joined. */
const MAX_LINE = 8192;

/** Fields that RFC 3261 allows once (RFC 4475 §3.3.8); a second one would let two readers see two messages. */
const ONCE = new Set(['from', 'to', 'call-id', 'cseq', 'max-forwards', 'content-length']);
const BACKSLASH = 92;
const MANDATORY = ['Via', 'From', 'To', 'Call-ID', 'CSeq'] as const;

/** The same that `parseUri` refuses; the URI itself is read when somebody needs it. */
const NOT_IN_URI = /[\s<>"\u0000-\u0020\u007f]/;

/**
 * Reads one whole message (RFC 3261 §7). Bytes behind Content-Length are dropped (§18.3); lines may end in LF alone;
 * folded lines are joined; header values stay raw. What was parsed here can always be serialised.
 * @throws SipParseError status 400, 414 (request line), 505 (not SIP/2.0) or 513 (over 64 KiB)
 */
export function parseMessage(datagram: Buffer): SipMessage {
  if (datagram.length > MAX_MESSAGE_BYTES) throw new SipParseError('the message is longer than 64 KiB', 513);
  const start = skipLineBreaks(datagram);
  const bodyStart = endOfHead(datagram, start);
  const head = datagram.toString('utf8', start, bodyStart);
  const lineEnd = head.indexOf('\n');
  const startLine = withoutCr(head, 0, lineEnd);
  if (startLine.includes('\0')) throw new SipParseError('the first line holds a NUL');
  const headers = parseHeaders(head, lineEnd + 1);
  for (const name of MANDATORY) if (!headers.has(name)) throw new SipParseError(`there is no ${name}`);
  const cseq = parseCSeq(headers.get('CSeq')!);
  const body = cutBody(datagram, bodyStart, headers.get('Content-Length'));

  if (/^SIP\//i.test(startLine)) return { kind: 'response', ...parseStatusLine(startLine), headers, body };
  const { method, uri } = parseRequestLine(startLine);
  if (cseq.method !== method) throw new SipParseError('the CSeq method is not the method of the request');
  return { kind: 'request', method, uri, headers, body };
}

/** RFC 3261 §7.5: CRLF before the start line is to be ignored. */
function skipLineBreaks(datagram: Buffer): number {
  let at = 0;
  while (datagram[at] === 13 || datagram[at] === 10) at++;
  if (at === datagram.length) throw new SipParseError('the message is empty');
  return at;
}

/**
 * Where the body begins. One look at every byte of the head also settles that there is no lone CR in it, and no NUL but
 * behind a backslash: what two readers could take for different lines never gets further.
 */
function endOfHead(datagram: Buffer, start: number): number {
  let lineStart = start;
  for (let i = start; i < datagram.length; i++) {
    const byte = datagram[i]!;
    if (byte > 13) continue;
    if (byte === 10) {
      if (i === lineStart || (i === lineStart + 1 && datagram[lineStart] === 13)) return i + 1;
      lineStart = i + 1;
    } else if (byte === 13) {
      if (datagram[i + 1] !== 10) throw new SipParseError('a CR stands alone');
    } else if (byte === 0 && datagram[i - 1] !== BACKSLASH) throw new SipParseError('the head holds a NUL');
  }
  throw new SipParseError('the head does not end in an empty line');
}

function withoutCr(head: string, start: number, lineEnd: number): string {
  return head.slice(start, head.charCodeAt(lineEnd - 1) === 13 ? lineEnd - 1 : lineEnd);
}

function parseHeaders(head: string, firstLine: number): Headers {
  const headers = new Headers();
  const seen = new Set<string>();
  let at = firstLine;
  for (;;) {
    let lineEnd = head.indexOf('\n', at);
    let line = withoutCr(head, at, lineEnd);
    if (line === '') return headers;
    if (isBlank(head.charCodeAt(lineEnd + 1))) [line, lineEnd] = unfold(head, line, lineEnd);
    if (line.length > MAX_LINE) throw new SipParseError(`a header field is longer than ${MAX_LINE} characters`);
    if (headers.size === MAX_HEADERS) throw new SipParseError(`more than ${MAX_HEADERS} header fields`);
    parseField(line, headers, seen);
    at = lineEnd + 1;
  }
}

/** Joins the lines that begin with a blank to the one before (RFC 3261 §7.3.1), each fold to a single space. */
function unfold(head: string, first: string, firstEnd: number): [line: string, lineEnd: number] {
  const parts = [trimBlanks(first, 0)];
  let lineEnd = firstEnd;
  while (isBlank(head.charCodeAt(lineEnd + 1))) {
    const start = lineEnd + 1;
    lineEnd = head.indexOf('\n', start);
    parts.push(trimBlanks(withoutCr(head, start, lineEnd), 0));
  }
  return [parts.join(' '), lineEnd];
}

function parseField(line: string, headers: Headers, seen: Set<string>): void {
  const colon = line.indexOf(':');
  if (colon <= 0) throw new SipParseError('a header field has no name');
  const name = headerName(isBlank(line.charCodeAt(colon - 1)) ? line.slice(0, colon).trimEnd() : line.slice(0, colon));
  if (!name) throw new SipParseError('a header name is not a token');
  if (ONCE.has(name.key)) {
    if (seen.has(name.key)) throw new SipParseError(`${name.name} stands twice`);
    seen.add(name.key);
  }
  const value = trimBlanks(line, colon + 1);
  if (value.includes('\0') && !nulsAreQuoted(value)) throw new SipParseError('a header field holds a NUL');
  if (name.key === 'via' && value.includes(',')) refuseEmptyVia(value);
  headers.addParsed(name, value);
}

/** Elsewhere an empty element of a list is passed over; here it would be a hop that nobody can answer to (RFC 4475 §3.1.2.1). */
function refuseEmptyVia(value: string): void {
  for (let start = 0; start <= value.length; ) {
    const end = endOfElement(value, start);
    if (!/[^\s;]/.test(value.slice(start, end))) throw new SipParseError('a Via is empty');
    start = end + 1;
  }
}

function cutBody(datagram: Buffer, start: number, contentLength: string | undefined): Buffer {
  if (contentLength === undefined) return datagram.subarray(start);
  const length = parseDigits(contentLength);
  if (Number.isNaN(length)) throw new SipParseError('Content-Length is not a number');
  if (length > datagram.length - start) throw new SipParseError('the body is shorter than Content-Length says');
  return datagram.subarray(start, start + length);
}

function parseRequestLine(line: string): { method: string; uri: string } {
  if (line.length > MAX_LINE) throw new SipParseError('the request line is too long', 414);
  const first = line.indexOf(' ');
  const last = line.lastIndexOf(' ');
  if (first <= 0 || last === first) throw new SipParseError('the first line is no request line and no status line');
  const method = line.slice(0, first);
  const uri = line.slice(first + 1, last);
  const version = line.slice(last + 1);
  if (!isToken(method)) throw new SipParseError('the method is not a token');
  if (!/^SIP\/\d+\.\d+$/i.test(version)) throw new SipParseError('the request line does not end in "SIP/2.0"');
  if (uri === '' || NOT_IN_URI.test(uri)) throw new SipParseError('the Request-URI holds blanks, quotes or brackets');
  if (version.slice(4) !== '2.0') throw new SipParseError('only SIP/2.0 is spoken here', 505);
  return { method, uri };
}

function parseStatusLine(line: string): { status: number; reason: string } {
  const match = /^SIP\/(\d+\.\d+) ([1-6]\d\d)(?: (.*))?$/i.exec(line);
  if (!match) throw new SipParseError('the first line is no status line');
  if (match[1] !== '2.0') throw new SipParseError('only SIP/2.0 is spoken here', 505);
  return { status: Number(match[2]), reason: match[3] ?? '' };
}
