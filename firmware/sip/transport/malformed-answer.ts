import type { SipParseError } from '../message/errors.ts';
import { Headers } from '../message/headers.ts';
import { parseMessage } from '../message/parse.ts';
import { serialise } from '../message/serialise.ts';
import { phraseOf } from '../message/status-phrases.ts';
import { parseVia, type Via } from '../message/via.ts';
import type { Source } from './hop.ts';

const REQUEST_LINE = /^\s*[A-Za-z]{1,32} [^\r\n]{1,8192}\r?\n/;
const FIELD = /^(via|v|from|f|to|t|call-id|i|cseq)[ \t]*:[ \t]*([^\r\n\0]{1,2048})\r?$/gim;
const NAMES: Record<string, string> = { v: 'Via', f: 'From', t: 'To', i: 'Call-ID' };
const MANDATORY = ['Via', 'From', 'To', 'Call-ID', 'CSeq'];
const PEEK_BYTES = 8192;
const NO_BODY = Buffer.alloc(0);

/**
 * The answer to a request that the parser refused (RFC 3261 §21.4.1), as far as its lines still tell where it belongs.
 * Null for responses, ACKs and what has no Via, From, To, Call-ID and CSeq that can be read: those get nothing.
 */
export function malformedAnswer(
  message: Buffer,
  source: Source,
  error: SipParseError,
): { bytes: Buffer; via: Via } | null {
  const head = `${message.toString('latin1', 0, PEEK_BYTES).split(/\r?\n\r?\n/, 1)[0] ?? ''}\r\n`;
  if (!REQUEST_LINE.test(head) || /^\s*ACK /.test(head)) return null;
  const headers = new Headers();
  for (const [, name = '', value = ''] of head.matchAll(FIELD)) {
    const full = NAMES[name.toLowerCase()] ?? name;
    // Only Via may stand several times; of the rest the first is taken.
    if (full.toLowerCase() === 'via' || !headers.has(full)) headers.add(full, value.trim());
  }
  if (!MANDATORY.every(name => headers.has(name))) return null;
  try {
    const via = parseVia(headers.get('Via') ?? '');
    via.params.set('received', source.address);
    const response = {
      kind: 'response',
      status: error.status,
      reason: phraseOf(error.status),
      headers,
      body: NO_BODY,
    } as const;
    const bytes = serialise(response);
    parseMessage(bytes);
    return { bytes, via };
  } catch {
    // Where the Via cannot be read there is no way back; what else is copied must not break the sender's parser.
    return null;
  }
}
