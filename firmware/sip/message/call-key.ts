import { parseCSeq } from './cseq.ts';
import { SipParseError } from './errors.ts';
import { formatHostPort } from './host-port.ts';
import type { SipRequest } from './message.ts';
import { tagOf } from './name-addr.ts';
import { MAGIC_COOKIE, type Via } from './via.ts';

// Keys for tables of transactions and dialogs. "\n" parts the fields: no header value can hold it, so no peer can
// build the key of another call.

/** Where a response belongs: its topmost branch and CSeq method (RFC 3261 §17.1.3). */
export function clientTransactionKey(branch: string, method: string): string {
  return `${branch}\n${method}`;
}

/**
 * Where a request belongs (RFC 3261 §17.2.3): branch, sent-by and method, an ACK counting as its INVITE.
 * Requests of RFC 2543 peers (no magic cookie) are told apart by Request-URI, From tag, Call-ID, CSeq number and Via;
 * To is left out, since the ACK carries a tag that the INVITE did not have.
 * @throws SipParseError
 */
export function serverTransactionKey(request: SipRequest, topVia: Via): string {
  const method = request.method === 'ACK' ? 'INVITE' : request.method;
  const sentBy = formatHostPort(topVia.host, topVia.port);
  const branch = topVia.params.get('branch') ?? '';
  // The cookie alone names nothing (RFC 4475 §3.2.1).
  if (branch.length > MAGIC_COOKIE.length && branch.startsWith(MAGIC_COOKIE)) return `${branch}\n${sentBy}\n${method}`;
  const { headers, uri } = request;
  const number = parseCSeq(required(headers.get('CSeq'), 'CSeq')).number;
  const fromTag = tagOf(required(headers.get('From'), 'From')) ?? '';
  return [uri, fromTag, headers.get('Call-ID') ?? '', number, branch, sentBy, method].join('\n');
}

/** RFC 3261 §12: Call-ID, our tag, the far end's tag ('' for one that sent none, an RFC 2543 peer). */
export function dialogKey(callId: string, localTag: string, remoteTag: string | null): string {
  return `${callId}\n${localTag}\n${remoteTag ?? ''}`;
}

function required(value: string | undefined, name: string): string {
  if (value === undefined) throw new SipParseError(`there is no ${name}`);
  return value;
}
