import type { SipParseError } from '../message/errors.ts';
import { Headers } from '../message/headers.ts';
import { splitList } from '../message/list-values.ts';
import { serialise } from '../message/serialise.ts';
import { phraseOf } from '../message/status-phrases.ts';
import { parseVia, type Via } from '../message/via.ts';
import type { Source } from './hop.ts';

const REQUEST_LINE = /^\s*[\w\-.!%*+`'~]{1,64} [^\r\n]{1,8192}\r?\n/;
const FIELD = /^(via|v|from|f|to|t|call-id|i|cseq)[ \t]*:([^\r\n\0]{1,2048})\r?$/gim;
const NAMES: Record<string, string> = { v: 'Via', f: 'From', t: 'To', i: 'Call-ID' };
/** What an answer cannot find its transaction without. */
const NEEDED = ['Via', 'CSeq'];
const VIA_VERSION = /^SIP[ \t]*\/[ \t]*\d+\.\d+(?=[ \t]*\/)/i;
const PEEK_BYTES = 8192;
const NO_BODY = Buffer.alloc(0);

/**
 * The answer to a request that the parser refused (RFC 3261 §21.4.1), as far as its lines still tell where it belongs:
 * a field that is missing in the request is missing here too (RFC 4475 §3.3.1), a number out of range goes back as it
 * came (§3.1.2.4). Null for responses, ACKs and what has no Via that can be read, or no CSeq: those get nothing.
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
    if (full.toLowerCase() === 'via') addVias(headers, value);
    else if (!headers.has(full)) headers.add(full, value.trim());
  }
  if (!NEEDED.every(name => headers.has(name))) return null;
  try {
    // Whoever speaks another version says so here too, and is to be told which one is spoken (RFC 4475 §3.1.2.16).
    const via = parseVia((headers.get('Via') ?? '').replace(VIA_VERSION, 'SIP/2.0'));
    via.params.set('received', source.address);
    const response = {
      kind: 'response',
      status: error.status,
      reason: phraseOf(error.status),
      headers,
      body: NO_BODY,
    } as const;
    return { bytes: serialise(response), via };
  } catch {
    // Where the Via cannot be read there is no way back.
    return null;
  }
}

/** Without the elements that hold nothing: the rest still tells the way (RFC 4475 §3.1.2.1). */
function addVias(headers: Headers, value: string): void {
  for (const via of splitList(value.trim())) if (/[^\s;]/.test(via)) headers.add('Via', via);
}
